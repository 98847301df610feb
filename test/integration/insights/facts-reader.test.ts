import type { ChannelPart } from '../../../services/shared/domain/channel-report';
import { funnelSteps } from '../../../services/shared/domain/funnel';
import { allTime } from '../../../services/shared/domain/interval';
import {
  createFactsReader,
  type FactsReader,
} from '../../../services/shared/stores/clickhouse/queries/facts-reader';
import { channelFigures, ordersOf } from '../../support/oracle/channels';
import { anyOrderFunnel, orderedFunnel } from '../../support/oracle/funnels';
import { groupedBy, sessionsOf } from '../../support/oracle/sessions';
import { anEventsDatabase, type EventsDatabase } from './events-database';
import { expectedPaths } from './path-oracle';
import { aRandomShop, countedOf, monday } from './random-shop';

const hour = 3_600_000;
const day = 24 * hour;
const records = aRandomShop(7, 900);
const facts = countedOf(records);
const scope = {
  ...allTime,
  tenant: 'demo',
  zone: 'UTC',
  currency: 'USD',
  traffic: 'clean' as const,
};

let database: EventsDatabase;
let reader: FactsReader;

beforeAll(async () => {
  database = await anEventsDatabase();
  reader = createFactsReader(database.clickhouse);
  // Twice, in another order: a redelivery must change nothing.
  await database.keep(records);
  await database.keep([...records].reverse());
}, 60_000);

afterAll(() => database.drop());

test('counts by type and name, by day', async () => {
  const expected = groupedBy(facts, ({ eventAt, type }) => `${eventAt - (eventAt % day)} ${type}`);
  const rows = await reader.counts({ ...scope, interval: 'day' });
  expect(Object.fromEntries(rows.map((row) => [`${row.start} ${row.type}`, row.events]))).toEqual(
    Object.fromEntries([...expected].map(([key, some]) => [key, some.length])),
  );
});

test('counts of other traffic', async () => {
  const total = async (traffic: 'clean' | 'with_held' | 'all') => {
    const rows = await reader.counts({ ...scope, traffic, interval: 'total' });
    return rows.reduce((sum, { events }) => sum + events, 0);
  };
  const of = (...outcomes: string[]) =>
    records.filter(({ outcome }) => outcomes.includes(outcome)).length;
  expect([await total('clean'), await total('with_held'), await total('all')]).toEqual([
    of('counted'),
    of('counted', 'held'),
    of('counted', 'held', 'bot'),
  ]);
});

describe('funnels', () => {
  const users = () => groupedBy(facts, ({ anonymousId }) => String(anonymousId)).values();
  const sessions = () => sessionsOf(facts).map(({ events }) => events);
  const actors = { user: users, session: sessions };
  const question = { ...scope, interval: 'total' as const, steps: funnelSteps };

  test.each([
    ['user', day],
    ['user', 2 * hour],
    ['user', null],
    ['session', day],
    ['session', null],
  ] as const)('in order, by %s, within %s ms', async (by, conversionMs) => {
    const { rows } = await reader.funnel({ ...question, order: 'strict', by, conversionMs });
    expect(rows.map(({ entered }) => entered)).toEqual([
      orderedFunnel(actors[by](), conversionMs ?? Infinity),
    ]);
  });

  test.each(['user', 'session'] as const)('in any order, by %s', async (by) => {
    const { rows } = await reader.funnel({ ...question, order: 'any', by, conversionMs: null });
    expect(rows.map(({ entered }) => entered)).toEqual([anyOrderFunnel(actors[by]())]);
  });

  test.each(['user', 'session'] as const)('of those who entered on a day, by %s', async (by) => {
    const asked = { ...question, order: 'strict' as const, interval: 'day' as const };
    const { rows } = await reader.funnel({ ...asked, by, conversionMs: day });
    expect(rows.map(({ start }) => start)).toEqual([0, 1, 2, 3].map((nth) => monday + nth * day));
    for (const { start, entered } of rows) {
      const entersThen = (at: number) => at - (at % day) === start;
      expect(entered).toEqual(orderedFunnel(actors[by](), day, entersThen));
    }
  });

  test('a chain that is entered inside the asked time may end after it', async () => {
    const range = { from: monday + day, to: monday + day + 6 * hour };
    const asked = { ...question, ...range, order: 'strict' as const, by: 'user' as const };
    const { rows } = await reader.funnel({ ...asked, conversionMs: day });
    const inside = (at: number) => at >= range.from && at < range.to;
    expect(rows[0]?.entered).toEqual(orderedFunnel(users(), day, inside));
  });
});

describe.each(['clean', 'raw'] as const)(
  'channels from facts, self-referral %s',
  (selfReferral) => {
    test.each([
      ['total', null],
      ['hour', hour],
      ['day', day],
    ] as const)('by %s', async (interval, lengthMs) => {
      // Off the minute by a millisecond: nothing that is stored can answer this.
      const { parts } = await reader.channels({ ...scope, from: 1, interval, selfReferral });
      const expected = channelFigures(sessionsOf(facts, selfReferral), ordersOf(facts), lengthMs);
      expect(visitsOf(parts)).toEqual(
        mapped(expected, ({ sessions, users }) => (sessions === 0 ? null : { sessions, users })),
      );
      expect(salesOf(parts)).toEqual(
        mapped(expected, ({ sales }) => (sales.size === 0 ? null : Object.fromEntries(sales))),
      );
    });
  },
);

/** Sessions and users by `start/channel`, where there are any. */
function visitsOf(parts: readonly ChannelPart[]): object {
  const visits = parts.filter(({ sessions }) => sessions > 0);
  return Object.fromEntries(
    visits.map(({ start, channel, sessions, users }) => [
      `${start ?? ''}/${channel}`,
      { sessions, users },
    ]),
  );
}

/** Orders and revenue by `start/channel` and currency, where there are any. */
function salesOf(parts: readonly ChannelPart[]): object {
  const sales: Record<string, Record<string, object>> = {};
  for (const { start, channel, currency, orders, revenueMinor } of parts) {
    if (orders === 0) continue;
    const key = `${start ?? ''}/${channel}`;
    sales[key] = { ...sales[key], [currency]: { orders, revenueMinor } };
  }
  return sales;
}

function mapped<T>(expected: ReadonlyMap<string, T>, of: (one: T) => object | null): object {
  const entries = [...expected].map(([key, one]) => [key, of(one)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

test.each([30 * day, day, 3 * hour])('paths with a look-back of %d ms', async (lookBackMs) => {
  const rows = await reader.paths({ ...scope, lookBackMs, withAges: true });
  const found = rows.map(({ path, currency, agesMs, conversions, revenueMinor, nulls }) => [
    `${path.join(' > ')} | ${currency} | ${agesMs.join()}`,
    [conversions, revenueMinor, nulls],
  ]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expectedPaths(facts, lookBackMs)));
});

test('paths of a part of the time: its orders, and the users who ordered nothing in it', async () => {
  const range = { from: monday + 2 * day, to: monday + 3 * day };
  const rows = await reader.paths({ ...scope, ...range, lookBackMs: day, withAges: false });
  const orders = [...ordersOf(facts)].filter(
    ({ eventAt }) => eventAt >= range.from && eventAt < range.to,
  );
  const buyers = new Set(orders.map(({ anonymousId }) => anonymousId));
  const visitors = new Set(
    sessionsOf(facts)
      .filter(({ start, user }) => start >= range.from && start < range.to && !buyers.has(user))
      .map(({ user }) => user),
  );
  const sum = (of: 'conversions' | 'nulls') => rows.reduce((total, row) => total + row[of], 0);
  expect([sum('conversions'), sum('nulls')]).toEqual([orders.length, visitors.size]);
});
