import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReplayOptions, replay } from '../../deploy/replay/replay';
import { waitUntilProcessed } from '../../deploy/start/measured-replay';
import {
  ask,
  type ChannelRow,
  type FunnelRow,
  type Ledger,
  type Rows,
} from '../../deploy/summary/api';
import { compareWindows } from '../../deploy/verify/windows';
import { amountText } from '../../services/shared/domain/decimal';
import { userKey } from '../../services/shared/domain/event';
import { defaultConversionMs } from '../../services/shared/domain/funnel-report';
import { landmark } from '../../services/shared/domain/interest';
import type { Tenant } from '../../services/shared/domain/tenant';
import { currentWeightsVersion } from '../../services/shared/domain/weights';
import { createLog } from '../../services/shared/runtime/log';
import { projectRoot } from '../../services/shared/runtime/root';
import { loadTenants } from '../../services/shared/runtime/tenants';
import { aRecordedFile } from '../support/generated/recorded-file';
import {
  type ChannelFigures,
  channelFigures,
  ordersOf,
  type Sales,
} from '../support/oracle/channels';
import { anyOrderFunnel, type Entered, orderedFunnel } from '../support/oracle/funnels';
import { judge } from '../support/oracle/judged';
import { groupedBy, sessionsOf } from '../support/oracle/sessions';
import { tagsOf } from '../support/oracle/tags';
import { startTestStack, type TestStack } from '../support/test-stack';

const hourMs = 3_600_000;
const tenantsFile = join(projectRoot, 'config', 'tenants.yaml');
const demo = theTenant();

const { lines } = aRecordedFile({ people: 250, days: 3, seed: 20260201 });
/** What is sent: the file as it stands, then once more in any order with late lines. */
const sent = [...lines, ...lines];
const { facts, ledger } = judge(sent, demo);
const sessions = sessionsOf(facts);
const orders = ordersOf(facts);
const byUser = [...groupedBy(facts, (event) => userKey(event) ?? '').values()];

let stack: TestStack;

/** Everything is sent twice, and every service is killed once on the way. */
beforeAll(async () => {
  stack = await startTestStack();
  const file = join(stack.folder, 'recorded.jsonl');
  writeFileSync(file, lines.join('\n'));
  const options: ReplayOptions = {
    file,
    format: 'segment',
    collectorUrl: stack.urls.collector,
    writeKey: 'demo-write-key',
    speed: 'max',
    variation: null,
  };
  const quietly = { progress: { show: () => {}, stop: () => {} }, say: () => {} };
  await replay(options, quietly);
  const once = { least: 1, most: 1 };
  const late = { share: 0.02, byMs: 3 * hourMs };
  const variation = { repeat: once, shuffle: 'all', late, seed: 7 } as const;
  const again = replay({ ...options, speed: 2000, variation }, quietly);
  for (const service of ['cleaner', 'interests', 'metrics']) stack.kill(service);
  await again;
  await waitUntilProcessed(stack, { accepted: sent.length, say: () => {} });
}, 240_000);

afterAll(() => stack?.stop(), 60_000);

function insights<Answer>(path: string, parameters: Record<string, string> = {}) {
  return ask<Answer>(stack.urls.insights, path, parameters);
}

test('the file holds something of everything', () => {
  expect([...ledger.keys()].sort()).toEqual([
    'bot/declared_bot',
    'collision/message_id_reused',
    'counted/clean',
    'dead/id_too_long',
    'dead/invalid_amount',
    'dead/invalid_timestamp',
    'dead/no_event_name',
    'dead/no_user',
    'dead/not_an_object',
    'dead/too_large',
    'dead/unknown_call',
    'duplicate/same_message',
  ]);
  expect(orders.size).toBeGreaterThan(20);
  expect(new Set(sessions.map(({ channel }) => channel)).size).toBeGreaterThan(5);
});

test('the ledger is closed: each record has one outcome, and it is the right one', async () => {
  const found = await insights<Ledger>('/v1/ledger');
  expect(found).toMatchObject({ accepted: sent.length, unaccounted: 0, doubled: 0 });
  const reasons = found.reasons.map((row) => [`${row.outcome}/${row.reason}`, row.events] as const);
  expect(new Map(reasons)).toEqual(ledger);
});

test('events an hour by type and name', async () => {
  interface Row {
    readonly start: string;
    readonly type: string;
    readonly name: string;
    readonly events: number;
  }
  const { rows } = await insights<Rows<Row>>('/v1/counts', { interval: 'hour' });
  const expected = groupedBy(facts, ({ eventAt, type, name }) =>
    [hourOf(eventAt), type, name].join(),
  );
  const found = rows.map(({ start, type, name, events }) => [[start, type, name].join(), events]);
  expect(sorted(found)).toEqual(sorted([...expected].map(([key, all]) => [key, all.length])));
});

test.each(['clean', 'raw'] as const)('channels, %s', async (selfReferral) => {
  const expected = channelFigures(sessionsOf(facts, selfReferral), orders, null);
  const { rows } = await insights<Rows<ChannelRow>>('/v1/channels', { selfReferral });
  expect(sorted(rows.map(figuresOf))).toEqual(sorted(channelTable(expected)));
});

test('stored windows: channels an hour', async () => {
  const expected = channelFigures(sessions, orders, hourMs);
  const { rows } = await insights<Rows<ChannelRow>>('/v1/channels', { interval: 'hour' });
  expect(sorted(rows.map(figuresOf))).toEqual(sorted(channelTable(expected)));
});

test('the funnel in order, by session and by user', async () => {
  const ask = async (by: string, windowHours: string) =>
    stepsOf((await insights<Rows<FunnelRow>>('/v1/funnel', { by, windowHours })).rows[0]);
  const bySession = sessions.map(({ events }) => events);
  expect(await ask('session', 'none')).toEqual(orderedFunnel(bySession, Number.POSITIVE_INFINITY));
  expect(await ask('user', '24')).toEqual(orderedFunnel(byUser, 24 * hourMs));
});

test('stored windows: the funnel of each entering hour', async () => {
  const { rows } = await insights<Rows<FunnelRow>>('/v1/funnel', { interval: 'hour' });
  const expected = hours().map((start): [string, Entered] => [
    new Date(start).toISOString(),
    orderedFunnel(byUser, 24 * hourMs, (at) => hourStart(at) === start),
  ]);
  const found = rows.map((row): [string, Entered] => [row.start ?? '', stepsOf(row)]);
  expect(sorted(withoutZeros(found))).toEqual(sorted(withoutZeros(expected)));
});

test('who did each step of the funnel in each hour', async () => {
  const question = { interval: 'hour', order: 'any' };
  const { rows } = await insights<Rows<FunnelRow>>('/v1/funnel', question);
  const expected = hours().map((start): [string, Entered] => {
    const within = byUser.map((all) => all.filter(({ eventAt }) => hourStart(eventAt) === start));
    return [new Date(start).toISOString(), anyOrderFunnel(within)];
  });
  const found = rows.map((row): [string, Entered] => [row.start ?? '', stepsOf(row)]);
  expect(sorted(withoutZeros(found))).toEqual(sorted(withoutZeros(expected)));
});

test('every stored window equals one recomputation from all facts', async () => {
  const { CLICKHOUSE_URL: clickhouseUrl = '', CLICKHOUSE_DATABASE: database = '' } = stack.env;
  const zones = new Map([[demo.name, demo.timeZone]]);
  const conversionWindowMs = defaultConversionMs;
  const comparisons = await compareWindows({ clickhouseUrl, database, zones, conversionWindowMs });
  expect(comparisons).toMatchObject([
    { name: 'channel_1m', differ: 0, examples: [] },
    { name: 'funnel_1h', differ: 0, examples: [] },
  ]);
  for (const { compared } of comparisons) expect(compared).toBeGreaterThan(50);
});

test('the tags of every user', async () => {
  const expected = tagsOf(facts, currentWeightsVersion);
  const ids = [...expected.keys()];
  const at = new Date(landmark).toISOString();
  const response = await fetch(`${stack.urls.insights}/v1/users/tags?at=${at}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ids, limit: 200 }),
  });
  const answer = (await response.json()) as {
    readonly users: readonly {
      readonly id: string;
      readonly tags: readonly { readonly tag: string; readonly weight: number }[];
    }[];
  };
  const faults = answer.users.flatMap(({ id, tags }) => {
    const found = new Map(tags.map(({ tag, weight }) => [tag, weight]));
    const all = new Set([...found.keys(), ...(expected.get(id)?.keys() ?? [])]);
    return [...all].flatMap((tag) => {
      const { weight, scale } = expected.get(id)?.get(tag) ?? { weight: 0, scale: 0 };
      const distance = Math.abs(Math.max(0, weight) - (found.get(tag) ?? 0));
      return distance <= 1e-9 * scale ? [] : [`${id} ${tag}: ${weight}, ${found.get(tag)}`];
    });
  });
  expect(answer.users).toHaveLength(ids.length);
  expect(faults).toEqual([]);
});

function theTenant(): Tenant {
  const [tenant] = loadTenants(tenantsFile, createLog('test', { level: 'error' }));
  if (tenant === undefined) throw new Error(`${tenantsFile} has no tenant`);
  return tenant;
}

function hours(): readonly number[] {
  return [...new Set(facts.map(({ eventAt }) => hourStart(eventAt)))];
}

function hourStart(at: number): number {
  return Math.floor(at / hourMs) * hourMs;
}

function hourOf(at: number): string {
  return new Date(hourStart(at)).toISOString();
}

function stepsOf(row: FunnelRow | undefined): Entered {
  return row?.steps.map(({ entered }) => entered) ?? [];
}

function withoutZeros(rows: readonly [string, Entered][]): readonly [string, Entered][] {
  return rows.filter(([, entered]) => entered.some((count) => count > 0));
}

function figuresOf(row: ChannelRow): string {
  const { start, channel, sessions, users, orders, revenue, currency } = row;
  return [start ?? '', channel, currency, sessions, users, orders, revenue].join();
}

/** As the API has them: a row in the tenant's currency, then one for each other currency. */
function channelTable(figures: ReadonlyMap<string, ChannelFigures>): readonly string[] {
  return [...figures].flatMap(([key, { sessions, users, sales }]) => {
    const [window = '', channel = ''] = key.split('/');
    const start = window === '' ? '' : new Date(Number(window)).toISOString();
    const { USD: own = { orders: 0, revenueMinor: 0 }, ...others } = Object.fromEntries(sales);
    const row = (currency: string, { orders, revenueMinor }: Sales) =>
      [orders, amountText(revenueMinor, currency)].join();
    return [
      [start, channel, 'USD', sessions, users, row('USD', own)].join(),
      ...Object.entries(others).map(([currency, other]) =>
        [start, channel, currency, null, null, row(currency, other)].join(),
      ),
    ];
  });
}

function sorted<T>(rows: readonly T[]): readonly T[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
