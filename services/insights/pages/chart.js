import { el, say } from './dom.js';
import { count, decimal } from './format.js';

const svgNamespace = 'http://www.w3.org/2000/svg';
const [width, height] = [600, 160];

/**
 * Events a second over the last minutes: what is kept as an area, what arrived as a line above it.
 * `draw(points)` takes `[{arrived, kept}]` a second, oldest first.
 */
export function arrivalsChart(parent, { minutes }) {
  const top = el('span', { class: 'top' });
  const middle = el('span', { class: 'middle' });
  const picture = svg('svg', {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: 'none',
    role: 'img',
  });
  const half = svg('path', { class: 'grid', d: `M0 ${height / 2}H${width}M0 0H${width}` });
  const removed = svg('path', { class: 'removed' });
  const kept = svg('path', { class: 'kept' });
  const line = svg('path', { class: 'line' });
  picture.append(half, removed, kept, line);
  const axis = el(
    'p',
    { class: 'axis', 'aria-hidden': 'true' },
    el('span', {}, `${minutes} min ago`),
    el('span', {}, `${minutes / 2} min`),
    el('span', {}, 'now'),
  );
  parent.append(el('div', { class: 'plot' }, picture, top, middle), axis);
  return function draw(points) {
    const most = niceAbove(Math.max(...points.map(({ arrived }) => arrived), 1));
    say(top, `${decimal(most)} a second`);
    say(middle, decimal(most / 2));
    kept.setAttribute('d', area(points.map((point) => point.kept / most)));
    removed.setAttribute('d', area(points.map((point) => point.arrived / most)));
    line.setAttribute('d', path(points.map((point) => point.kept / most)));
    const last = points.at(-1) ?? { arrived: 0, kept: 0 };
    const highest = Math.max(...points.map(({ arrived }) => arrived), 0);
    picture.setAttribute(
      'aria-label',
      `Events a second over ${minutes} minutes: ${count(Math.round(last.arrived))} now, of which ${count(Math.round(last.kept))} are kept; ${count(Math.round(highest))} at most.`,
    );
  };
}

function svg(tag, attributes) {
  const element = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function path(shares) {
  const step = width / Math.max(1, shares.length - 1);
  const at = (share, nth) => `${(nth * step).toFixed(1)} ${(height - share * height).toFixed(1)}`;
  return shares.map((share, nth) => `${nth === 0 ? 'M' : 'L'}${at(share, nth)}`).join('');
}

function area(shares) {
  return shares.length === 0 ? '' : `${path(shares)}L${width} ${height}L0 ${height}Z`;
}

/** The least of 1, 2, 5 times a power of ten that is not below: the scale seldom jumps. */
function niceAbove(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10);
}

/** A bar whose length is a share of 1. */
export function bar(share, attributes = {}) {
  const inside = el('span', { class: 'fill' });
  const outside = el('span', { class: 'track', 'aria-hidden': 'true', ...attributes }, inside);
  setBar(outside, share);
  return outside;
}

export function setBar(track, share) {
  const length = `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;
  track.firstElementChild.style.setProperty('width', length);
}
