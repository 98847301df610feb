import { ask, keepAsking, now, remember } from './ask.js';
import { bar, setBar } from './chart.js';
import { byId, el, foreign, keyed, say, show } from './dom.js';
import { count, decimal, span, words } from './format.js';

/** The visitor that the traffic of `npm start` always has. */
const firstFollowed = 'demo-visitor';
const changeOverMs = 10_000;
const mostTags = 10;

/** One person's tags as they click: anybody's, named in the field and kept in the address. */
export function showFollowed(scope) {
  let id = new URLSearchParams(location.search).get('user') || firstFollowed;
  let readings = [];
  const field = byId('user');
  field.value = id;
  const read = async () => {
    const asked = id;
    const user = `/v1/users/${encodeURIComponent(asked)}`;
    const { tags } = await ask(`${user}/tags`, { ...scope, events: '0', limit: '40' });
    // Nobody without tags is asked for: that somebody was never seen is no fault of the page.
    const profile = tags.length === 0 ? null : await ask(user, scope);
    if (asked !== id) return;
    const at = now();
    const weights = new Map(tags.map(({ tag, weight }) => [tag, weight]));
    readings = [...readings.filter((one) => one.at > at - 2 * changeOverMs), { at, weights }];
    showProfile(profile, asked);
    showTags(tags, readings);
  };
  const again = keepAsking('The person', read, 1000);
  byId('follow').addEventListener('submit', (event) => {
    event.preventDefault();
    id = field.value.trim() || firstFollowed;
    field.value = id;
    readings = [];
    remember({ user: id === firstFollowed ? null : id });
    again();
  });
}

function showProfile(profile, id) {
  const about = byId('user-about');
  show(byId('tags-none'), profile === null);
  if (profile === null) {
    about.replaceChildren(foreign(id), ': no tags yet');
    return say(byId('tags-none'), 'Tags appear here as soon as somebody with this id clicks.');
  }
  const { segment, lastChannel, lastSeenAt, counts } = profile;
  const events = Object.values(counts).reduce((sum, events) => sum + events, 0);
  const parts = [
    segment,
    lastChannel === null ? null : `came by ${lastChannel}`,
    `${count(events)} events`,
    lastSeenAt === null ? null : `last ${span(now() - Date.parse(lastSeenAt))} ago`,
  ];
  say(about, parts.filter(Boolean).join(' · '));
}

function showTags(tags, readings) {
  const before = readings.findLast(({ at }) => at <= now() - changeOverMs) ?? readings[0];
  const shown = tags.slice(0, mostTags);
  const strongest = Math.max(...shown.map(({ weight }) => weight), 1);
  keyed(byId('tags'), shown, {
    key: ({ tag }) => tag,
    create: ({ tag }) => {
      const at = tag.indexOf(':');
      const [kind, value] = at < 0 ? ['', tag] : [tag.slice(0, at), tag.slice(at + 1)];
      const name = el(
        'th',
        { scope: 'row' },
        el('span', { class: 'kind' }, words(kind)),
        foreign(value),
        bar(0),
      );
      return el('tr', {}, name, el('td'), el('td', { class: 'change' }));
    },
    update: (row, { tag, weight }) => {
      const [name, figure, change] = row.cells;
      setBar(name.lastElementChild, weight / strongest);
      say(figure, weight.toFixed(1));
      const earlier = before.weights.get(tag);
      const moved = earlier === undefined ? null : weight - earlier;
      const text = moved === null ? 'new' : Math.abs(moved) < 0.05 ? '' : signed(moved);
      say(change, text);
      change.classList.toggle('down', moved !== null && moved < 0);
    },
  });
}

function signed(number) {
  return `${number > 0 ? '+' : '−'}${decimal(Math.abs(number))}`;
}
