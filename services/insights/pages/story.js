import { now } from './ask.js';
import { el, foreign } from './dom.js';
import { decimal, span, timeOfDay, words } from './format.js';
import { chip } from './outcome.js';

/** How eventAt was found, for whoever wonders about the time of an event. */
const clocks = {
  as_sent: 'the time the message named; it had no sentAt to check the clock by',
  healthy: "the time the device named; its clock agrees with the collector's",
  shifted: "the device's clock was wrong: its time, moved by how far sentAt was off",
  future: 'the time lay more than a day ahead, so the time of receipt counts',
  absent: 'the message named no time, so the time of receipt counts',
};

/** The full story of a record: why, what to do, who, when, what it did. */
export function story(record) {
  return el(
    'article',
    { class: 'story' },
    el(
      'p',
      { class: 'because' },
      chip(record.outcome),
      foreign(record.explanation, { title: null }),
    ),
    record.advice === null
      ? null
      : el('p', { class: 'advice' }, el('strong', {}, 'What to do '), record.advice),
    el('div', { class: 'facts' }, about(record), times(record), effects(record)),
    sent(record),
  );
}

function list(title, entries) {
  const shown = entries.filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  if (shown.length === 0) return null;
  const pairs = shown.flatMap(([name, value]) => [
    el('dt', {}, name),
    el('dd', {}, typeof value === 'string' ? foreign(value, { title: null }) : value),
  ]);
  return el('section', {}, el('h3', {}, title), el('dl', { class: 'pairs' }, ...pairs));
}

function about(record) {
  const { coordinates } = record;
  return list('Event', [
    ['message id', record.messageId || 'none'],
    ['name', record.name],
    ['type', record.type],
    ['anonymousId', record.anonymousId],
    ['userId', record.userId],
    ['session', record.sessionId],
    ['reason', `${record.outcome} / ${record.reason}`],
    ['same id as', record.heldBy],
    ['stands at', `${coordinates.topic}/${coordinates.partition}/${coordinates.offset}`],
    ['version', record.version > 0 ? String(record.version) : null],
    ['content hash', record.contentHash],
  ]);
}

function times({ times: { originalAt, sentAt, receivedAt, appendedAt, eventAt, clock } }) {
  const at = (iso) => (iso === null ? null : utc(iso));
  return list('Times (UTC)', [
    ['by the device', at(originalAt)],
    ['sent', at(sentAt)],
    ['received', at(receivedAt)],
    ['in Kafka', at(appendedAt)],
    ['counts at', at(eventAt)],
    ['because', clocks[clock] ?? clock],
  ]);
}

function utc(iso) {
  const ago = `${span(now() - Date.parse(iso))} ago`;
  return el('time', { datetime: iso, title: ago }, iso.replace('T', ' ').replace('Z', ''));
}

const parts = {
  event: 'by what it is',
  session: 'by its session',
  step: 'as a later step',
};

function effects({ effects: done }) {
  if (done === undefined) return null;
  const { session, windows, order, tags } = done;
  const nowMs = now();
  const entries = [
    session && [
      'session',
      `${session.channel || 'no channel'}, since ${timeOfDay(session.start, nowMs)}`,
    ],
    order && [
      'order',
      order.counts
        ? `${order.key}: counts by this record`
        : `${order.key}: another copy counts, ${order.countsBy.topic}/${order.countsBy.partition}/${order.countsBy.offset}`,
    ],
    ...windows.map(({ table, start, as }) => [
      table,
      `${timeOfDay(start, nowMs)}, ${parts[as] ?? as}`,
    ]),
    ...tags.map(({ id, tag, weight }) => [
      tag,
      `${weight > 0 ? '+' : ''}${decimal(weight)} for ${id}`,
    ]),
  ].filter(Boolean);
  if (entries.length > 0) return list('What it did', entries);
  return el(
    'section',
    {},
    el('h3', {}, 'What it did'),
    el('p', { class: 'faint' }, 'Nothing: no tag, no window.'),
  );
}

/** What was sent, as it is kept; only where the answer has it. */
function sent({ sent: event }) {
  if (event === undefined || event === null) return null;
  return el(
    'details',
    { class: 'sent' },
    el('summary', {}, 'What was sent'),
    el('pre', { tabindex: '0' }, JSON.stringify(event, null, 2)),
  );
}

export function heading(number, total, outcome) {
  return total === 1
    ? null
    : el('h3', { class: 'nth' }, `Record ${number} of ${total}: ${words(outcome)}`);
}
