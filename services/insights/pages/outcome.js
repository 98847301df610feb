import { el, foreign } from './dom.js';
import { timeOfDay, words } from './format.js';

/** The outcomes of the ledger, as an app developer calls them. */
export const outcomeWords = {
  counted: 'accepted',
  dead: 'refused',
  duplicate: 'duplicate',
  bot: 'bot',
  held: 'held',
  collision: 'collision',
  rejected: 'rejected',
  erased: 'erased',
};

export function chip(outcome) {
  return el(
    'span',
    { class: `chip ${outcome in outcomeWords ? outcome : ''}` },
    outcomeWords[outcome] ?? outcome,
  );
}

export function timeCell(iso, nowMs) {
  return el('time', { datetime: iso, title: iso }, timeOfDay(iso, nowMs));
}

/** Name as sent, and below it why it does not count. */
export function eventCell({ outcome, name, type, reason, evidence }) {
  const why = outcome === 'counted' ? null : [words(reason), evidence].filter(Boolean).join(': ');
  return el(
    'div',
    { class: 'event' },
    name === '' ? el('span', { class: 'faint' }, words(type || 'no name')) : foreign(name),
    why === null ? null : foreign(why, { class: 'why' }),
  );
}

export function userCell({ userId, anonymousId }) {
  const id = userId ?? anonymousId;
  return id === null ? el('span', { class: 'faint' }, 'none') : foreign(id);
}

export function keyOf({ coordinates: { topic, partition, offset } }) {
  return `${topic}/${partition}/${offset}`;
}
