/**
 * Elements are put together here and nowhere else. What an event carries comes in as a string and
 * goes out as a text node: there is no way from it to markup.
 */

/** An element with attributes and children; strings become text, null is left out. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Text of a stranger: isolated, so that right-to-left names leave their neighbours alone. */
export function foreign(text, attributes = {}) {
  return el('bdi', { title: text, ...attributes }, text);
}

export function byId(id) {
  return document.getElementById(id);
}

/** Sets a text only where it has changed: what is selected stays selected. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element, shown) {
  element.hidden = !shown;
}

/**
 * Makes the children of a parent those of the items, in their order. An item keeps its element as
 * long as it keeps its key, so focus, selection and open rows survive. `create(item)` makes an
 * element, `update(element, item)` brings it up to date.
 */
export function keyed(parent, items, { key, create, update = () => {} }) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    let element = before.get(name);
    before.delete(name);
    if (element === undefined) {
      element = create(item);
      element.dataset.key = name;
    }
    update(element, item);
    if (element === at) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
  }
  for (const gone of before.values()) gone.remove();
}
