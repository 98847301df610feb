import { ask, chooseTenant, keepAsking, now, remember } from './ask.js';
import { byId, el, foreign, keyed, say, show } from './dom.js';
import { firstEvent } from './first-event.js';
import { count } from './format.js';
import { chip, eventCell, keyOf, outcomeWords, timeCell, userCell } from './outcome.js';
import { heading, story } from './story.js';

const mostShown = 100;
const asked = new URLSearchParams(location.search);
const wanted = {
  outcome: asked.get('outcome') ?? '',
  type: asked.get('type') ?? '',
  search: asked.get('search') ?? '',
};
let paused = false;
/** Filters were changed: the answer is wanted even while the list is held still. */
let isDue = false;
let question = 0;

const { scope, collectorUrl, eventTypes } = await chooseTenant();
setUpFilters(eventTypes);
byId('none').append(...firstEvent(collectorUrl));
const again = keepAsking('Events', readEvents, 2000);

async function readEvents() {
  if (paused && !isDue) return;
  isDue = false;
  question += 1;
  const mine = question;
  const parameters = { ...scope, ...wanted, recent: '1', limit: String(mostShown) };
  const { events, more } = await ask('/v1/events', parameters);
  if (mine !== question) return;
  const filtered = Object.values(wanted).some((value) => value !== '');
  show(byId('none'), events.length === 0 && !filtered);
  show(byId('more'), more || (events.length === 0 && filtered));
  say(
    byId('more'),
    more
      ? `The latest ${count(mostShown)}; filters find older ones.`
      : 'Nothing like this arrived in the last ten minutes.',
  );
  const open = [...byId('events').children].filter(({ dataset }) => dataset.open === 'yes');
  showEvents(withOpened(events, open));
  byId('events').classList.remove('waiting');
}

/** A row that somebody reads stays, even when it is no longer among the latest. */
function withOpened(events, open) {
  const keys = new Set(events.map(rowKey));
  const kept = open.flatMap(({ record }) => (keys.has(rowKey(record)) ? [] : [record]));
  return [...events, ...kept];
}

function rowKey(event) {
  return `${keyOf(event)}/${event.version}`;
}

/** Each event has two rows: the line, and below it its story, which is made when it is opened. */
function showEvents(events) {
  const nowMs = now();
  const rows = events.flatMap((event) => [
    { event, part: 'line' },
    { event, part: 'story' },
  ]);
  keyed(byId('events'), rows, {
    key: ({ event, part }) => `${rowKey(event)}/${part}`,
    create: ({ event, part }) =>
      part === 'line' ? line(event, nowMs) : el('tr', { class: 'below', hidden: '' }),
  });
}

function line(event, nowMs) {
  const opener = el(
    'button',
    { type: 'button', class: 'opener', 'aria-expanded': 'false' },
    timeCell(event.times.appendedAt, nowMs),
  );
  const row = el(
    'tr',
    { class: 'line' },
    el('td', {}, opener),
    el('td', {}, chip(event.outcome)),
    el('td', {}, eventCell(event)),
    el('td', { class: 'roomy' }, userCell(event)),
    el(
      'td',
      { class: 'roomy id' },
      event.messageId === '' ? el('span', { class: 'faint' }, 'none') : foreign(event.messageId),
    ),
  );
  row.record = event;
  row.addEventListener('click', () => {
    if (getSelection().toString() === '') toggle(row, opener);
  });
  return row;
}

async function toggle(row, opener) {
  const isOpen = row.dataset.open !== 'yes';
  row.dataset.open = isOpen ? 'yes' : 'no';
  opener.setAttribute('aria-expanded', String(isOpen));
  const below = row.nextElementSibling;
  below.hidden = !isOpen;
  if (!isOpen || below.childElementCount > 0) return;
  const cell = el('td', { colspan: '5' }, story(row.record));
  below.append(cell);
  cell.replaceChildren(...(await wholeStory(row.record)));
}

/** Every record that carries the message id, the opened one first; what the row says where there is
 *  no id to ask for. */
async function wholeStory(event) {
  if (event.messageId === '') return [story(event)];
  try {
    const found = await ask(`/v1/events/${encodeURIComponent(event.messageId)}`, scope);
    const own = keyOf(event);
    const records = (found?.records ?? []).map((record) => ({
      ...record,
      messageId: event.messageId,
    }));
    const sorted = [
      ...records.filter((record) => keyOf(record) === own),
      ...records.filter((record) => keyOf(record) !== own),
    ];
    if (sorted.length === 0) return [story(event)];
    return sorted.flatMap((record, at) =>
      [heading(at + 1, sorted.length, record.outcome), story(record)].filter(Boolean),
    );
  } catch (error) {
    return [
      story(event),
      el('p', { class: 'note' }, `The rest of the story cannot be read now: ${error.message}`),
    ];
  }
}

function setUpFilters(eventTypes) {
  const choices = [['', 'all'], ...Object.entries(outcomeWords)];
  for (const [outcome, word] of choices) {
    const id = `outcome-${outcome || 'all'}`;
    const radio = el('input', { type: 'radio', name: 'outcome', value: outcome, id });
    radio.checked = outcome === wanted.outcome;
    byId('outcomes').append(
      radio,
      el(
        'label',
        { for: id },
        outcome === '' ? null : el('span', { class: `dot ${outcome}` }),
        word,
      ),
    );
  }
  byId('type').append(
    ...eventTypes.map((type) => el('option', { value: type }, type.replaceAll('_', ' '))),
  );
  byId('type').value = wanted.type;
  byId('search').value = wanted.search;
  const form = byId('filters');
  let typing = 0;
  form.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(applyFilters, 250);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    applyFilters();
  });
  byId('pause').addEventListener('click', () => {
    paused = !paused;
    byId('pause').setAttribute('aria-pressed', String(paused));
    say(byId('pause'), paused ? 'Go on' : 'Pause');
    again();
  });
}

function applyFilters() {
  const form = new FormData(byId('filters'));
  for (const name of Object.keys(wanted)) wanted[name] = String(form.get(name) ?? '').trim();
  remember(wanted);
  // What was open belongs to the list before.
  for (const row of byId('events').children) row.dataset.open = 'no';
  byId('events').classList.add('waiting');
  isDue = true;
  again();
}
