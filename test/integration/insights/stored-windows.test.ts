import type { ChannelPart } from '../../../services/shared/domain/channel-report';
import { funnelSteps } from '../../../services/shared/domain/funnel';
import { allTime } from '../../../services/shared/domain/interval';
import { windowTableNames, windowTables } from '../../../services/shared/domain/window';
import {
  channelsFromFacts,
  storedChannels,
} from '../../../services/shared/stores/clickhouse/queries/channels';
import {
  createFactsReader,
  type FactsReader,
} from '../../../services/shared/stores/clickhouse/queries/facts-reader';
import { orderedFunnel } from '../../../services/shared/stores/clickhouse/queries/funnel';
import { ask } from '../../../services/shared/stores/clickhouse/queries/query';
import { recomputeSql } from '../../../services/shared/stores/clickhouse/window-statements';
import { anEventsDatabase, type EventsDatabase } from './events-database';
import { aRandomShop, monday } from './random-shop';

const hour = 3_600_000;
const day = 24 * hour;
const scope = { ...allTime, tenant: 'demo', traffic: 'clean' as const };
const asked = { ...scope, zone: 'Asia/Kolkata', currency: 'USD', selfReferral: 'clean' as const };

let database: EventsDatabase;
let reader: FactsReader;

beforeAll(async () => {
  database = await anEventsDatabase();
  reader = createFactsReader(database.clickhouse);
  await database.keep(aRandomShop(11, 600));
  await storeWindows();
}, 60_000);

afterAll(() => database.drop());

/** Every window of the shop, recomputed in full. */
async function storeWindows(): Promise<void> {
  for (const table of windowTableNames) {
    const { lengthMs } = windowTables[table];
    const [from, to] = [monday - day, monday + 6 * day];
    const windows = Array.from({ length: (to - from) / lengthMs }, (_, nth) => ({
      tenant: 'demo',
      start: from + nth * lengthMs,
    }));
    const chunk = { windows, runs: [{ tenant: 'demo', from, to }], from, to };
    const { text, params } = recomputeSql(table, chunk, {
      version: 1764000000123456789n,
      lookBackMs: 3 * day,
      conversionWindowMs: day,
      zones: new Map([['demo', asked.zone]]),
    });
    await database.clickhouse.command(text, params);
  }
}

const figures = (parts: readonly ChannelPart[]) =>
  Object.fromEntries(
    parts.map(({ start, channel, currency, version: _, ...rest }) => [
      `${start}/${channel}/${currency}`,
      rest,
    ]),
  );

describe.each(['total', 'hour', 'day'] as const)('channels by %s', (interval) => {
  test('visits of the stored minutes are those of the facts, in the tenant’s days', async () => {
    const filter = { ...asked, interval };
    const stored = await ask(database.clickhouse, storedChannels(filter));
    const facts = await ask(database.clickhouse, channelsFromFacts(filter));
    const visits = (parts: readonly ChannelPart[]) =>
      parts
        .filter(({ sessions }) => sessions > 0)
        .map(({ start, channel, sessions, users }) => ({ start, channel, sessions, users }));
    expect(visits(stored)).toEqual(visits(facts));
    expect(stored.length).toBeGreaterThan(3);
  });

  test('sales in several currencies are told apart', async () => {
    const filter = { ...asked, interval };
    const { parts } = await reader.channels(filter);
    const facts = await ask(database.clickhouse, channelsFromFacts(filter));
    expect(figures(parts)).toEqual(figures(facts));
    expect(new Set(parts.map(({ currency }) => currency)).size).toBe(3);
  });
});

test.each(['user', 'session'] as const)('the stored hours of the funnel, by %s', async (by) => {
  const question = {
    ...scope,
    zone: asked.zone,
    by,
    interval: 'hour' as const,
    steps: funnelSteps,
  };
  const { rows } = await reader.funnel({ ...question, order: 'strict', conversionMs: day });
  expect(rows).toEqual(await ask(database.clickhouse, orderedFunnel(question, day)));
  expect(rows.length).toBeGreaterThan(20);
});

test('what stands on a window that could not be recomputed is stale, and nothing else', async () => {
  const stuckAt = monday + 30 * hour;
  await database.clickhouse.insert('windows_stuck', [
    {
      windowTable: 'funnel_1h',
      tenant: 'demo',
      start: stuckAt / 1000,
      stuck: 1,
      error: 'too slow',
      changedAt: '2026-03-10 00:00:00.000',
    },
  ]);
  const question = {
    ...{ ...asked, by: 'user' as const, steps: funnelSteps, interval: 'hour' as const },
    ...{ order: 'strict' as const, conversionMs: day },
  };
  const isStale = async (part: object) => (await reader.funnel({ ...question, ...part })).stale;
  expect([
    await isStale({}),
    await isStale({ from: stuckAt, to: stuckAt + hour }),
    await isStale({ from: stuckAt + hour }),
    await isStale({ to: stuckAt }),
    await isStale({ interval: 'total' }),
  ]).toEqual([true, true, false, false, false]);
  expect((await reader.channels({ ...asked, interval: 'hour' })).stale).toBe(false);
});
