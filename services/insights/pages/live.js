import { ask, chooseTenant, keepAsking, now } from './ask.js';
import { arrivalsChart, bar, setBar } from './chart.js';
import { byId, el, keyed, say, show } from './dom.js';
import { showFollowed } from './followed.js';
import { amount, count, decimal, percent, words } from './format.js';
import { showLatency } from './latency-card.js';
import { chip, eventCell, keyOf, timeCell, userCell } from './outcome.js';

const minutes = 10;
const stepMs = 5000;
/** Records reach the table a second or two after they arrive: the last steps are not yet whole. */
const settledMs = 5000;

const { scope } = await chooseTenant();
if (scope.tenant !== undefined) byId('to-debugger').search = `?tenant=${scope.tenant}`;

keepAsking('The ledger', showLedger, 2000);
keepAsking('Arrivals', showArrivals, 2500);
keepAsking('Click to tag', () => ask('/v1/latency').then(showLatency), 2000);
keepAsking('Last events', showRecent, 2000);
keepAsking('The funnel', showFunnel, 4000);
keepAsking('Channels', showChannels, 4000);
showFollowed(scope);

/** Of all tenants: what was accepted is measured at the log, where a lost record has no tenant. */
async function showLedger() {
  const { accepted, outcomes, reasons, unaccounted, doubled } = await ask('/v1/ledger');
  const all = Object.values(outcomes).reduce((sum, events) => sum + events, 0);
  const kept = outcomes.counted;
  say(byId('accepted'), count(accepted));
  say(byId('kept'), count(kept));
  say(byId('kept-share'), percent(kept, all));
  say(byId('removed'), count(all - kept));
  say(byId('removed-share'), percent(all - kept, all));
  say(byId('unaccounted'), count(unaccounted));
  say(byId('unaccounted-note'), unaccounted === 0 ? 'every event has a row' : 'on the way');
  say(byId('doubled'), count(doubled));
  say(
    byId('doubled-note'),
    doubled === 0 ? 'none counted twice' : 'counted twice: look at /v1/ledger',
  );
  byId('doubled').classList.toggle('bad', doubled > 0);
  showReasons(
    reasons.filter(({ outcome }) => outcome !== 'counted'),
    all - kept,
  );
}

const mostReasons = 8;

function showReasons(reasons, removed) {
  const sorted = [...reasons].sort(
    (a, b) => b.events - a.events || a.reason.localeCompare(b.reason),
  );
  const shown = sorted.slice(0, mostReasons);
  const rest = sorted.slice(mostReasons).reduce((sum, { events }) => sum + events, 0);
  const rows = rest === 0 ? shown : [...shown, { outcome: '', reason: 'others', events: rest }];
  show(byId('reasons-none'), rows.length === 0);
  keyed(byId('reasons'), rows, {
    key: ({ outcome, reason }) => `${outcome}/${reason}`,
    create: ({ outcome, reason }) =>
      el(
        'tr',
        {},
        el('th', { scope: 'row' }, el('span', { class: `dot ${outcome}` }), words(reason)),
        el('td'),
        el('td', { class: 'share' }),
      ),
    update: (row, { events }) => {
      say(row.cells[1], count(events));
      say(row.cells[2], percent(events, removed));
    },
  });
}

const drawArrivals = arrivalsChart(byId('arrivals'), { minutes });
const arrived = new Map();

/** The first answer has all the minutes, the later ones only what may have changed since. */
async function showArrivals() {
  const oldest = now() - minutes * 60_000;
  const since = arrived.size === 0 ? oldest : Math.max(oldest, now() - 30_000);
  const from = Math.floor(since / stepMs) * stepMs;
  const { rows } = await ask('/v1/arrivals', {
    ...scope,
    since: new Date(from).toISOString(),
    step: stepMs / 1000,
  });
  for (const start of arrived.keys()) if (start < oldest || start >= from) arrived.delete(start);
  for (const row of rows) arrived.set(Date.parse(row.start), row);
  const last = Math.floor((now() - settledMs) / stepMs) * stepMs - stepMs;
  const points = Array.from({ length: (minutes * 60_000) / stepMs }, (_, nth) => {
    const row = arrived.get(last - ((minutes * 60_000) / stepMs - 1 - nth) * stepMs);
    const perSecond = 1000 / stepMs;
    return { arrived: (row?.arrived ?? 0) * perSecond, kept: (row?.kept ?? 0) * perSecond };
  });
  drawArrivals(points);
  const recent = points.slice(-2);
  const rate = recent.reduce((sum, point) => sum + point.arrived, 0) / recent.length;
  say(byId('rate'), `${decimal(rate)} a second`);
}

async function showRecent() {
  const { events } = await ask('/v1/events', { ...scope, recent: '1', limit: '12' });
  show(byId('recent-none'), events.length === 0);
  const nowMs = now();
  keyed(byId('recent'), events, {
    key: (event) => `${keyOf(event)}/${event.version}`,
    create: (event) =>
      el(
        'tr',
        {},
        el('td', {}, timeCell(event.times.appendedAt, nowMs)),
        el('td', {}, chip(event.outcome)),
        el('td', {}, eventCell(event)),
        el('td', { class: 'roomy' }, userCell(event)),
      ),
  });
}

async function showFunnel() {
  const { rows } = await ask('/v1/funnel', { ...scope, interval: 'total', windowHours: '24' });
  const steps = rows[0]?.steps ?? [];
  const entered = steps[0]?.entered ?? 0;
  show(byId('funnel-none'), entered === 0);
  keyed(byId('funnel'), steps, {
    key: ({ step }) => step,
    create: ({ step }) =>
      el(
        'li',
        {},
        el('span', { class: 'step' }, words(step)),
        el('span', { class: 'people' }),
        el('span', { class: 'share' }),
        bar(0),
      ),
    update: (row, step) => {
      const [, people, share, track] = row.children;
      say(people, count(step.entered));
      say(share, percent(step.entered, entered));
      setBar(track, entered === 0 ? 0 : step.entered / entered);
    },
  });
}

const mostChannels = 12;

async function showChannels() {
  const { rows } = await ask('/v1/channels', { ...scope, interval: 'total' });
  const own = rows.filter(({ sessions }) => sessions !== null);
  const others = rows.length - own.length;
  const currency = own[0]?.currency;
  say(byId('currency'), currency === undefined ? 'Revenue' : `Revenue, ${currency}`);
  show(byId('channels-none'), own.length === 0 || others > 0);
  if (others > 0) say(byId('channels-none'), 'Sales in other currencies: see /v1/channels.');
  const sorted = [...own].sort((a, b) => b.sessions - a.sessions).slice(0, mostChannels);
  keyed(byId('channels'), sorted, {
    key: ({ channel }) => channel,
    create: ({ channel }) =>
      el('tr', {}, el('th', { scope: 'row' }, channel || 'none'), el('td'), el('td'), el('td')),
    update: (row, { sessions, orders, revenue }) => {
      say(row.cells[1], count(sessions));
      say(row.cells[2], count(orders));
      say(row.cells[3], amount(revenue));
    },
  });
}
