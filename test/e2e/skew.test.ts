import { setTimeout as sleep } from 'node:timers/promises';
import { createPost, type Post } from '../../deploy/replay/post';
import { waitUntilProcessed } from '../../deploy/start/measured-replay';
import { ask, type FunnelRow, type Ledger, type Rows } from '../../deploy/summary/api';
import { createDraw } from '../../deploy/traffic/draw';
import { connectClickHouse } from '../../services/shared/stores/clickhouse/client';
import {
  type Devices,
  type Shopper,
  type Step,
  skewedShoppers,
  trueFunnel,
} from '../support/generated/skewed-shoppers';
import { aName } from '../support/names';
import { startTestStack, type TestStack } from '../support/test-stack';

// Starts all services, and sends some hundred requests.
jest.setTimeout(180_000);

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const right: Devices = {
  name: 'right clock',
  clockErrorMs: 0,
  transitMs: 0,
  offlineMs: 0,
  requests: 'each',
};
const devices: readonly Devices[] = [
  right,
  { ...right, name: '0.4 s fast', clockErrorMs: 400 },
  { ...right, name: '3 h fast', clockErrorMs: 3 * hourMs },
  { ...right, name: '2 h slow', clockErrorMs: -2 * hourMs },
  { ...right, name: 'offline 6 h', offlineMs: 6 * hourMs, requests: 'one' },
  {
    ...right,
    name: 'offline and fast',
    offlineMs: 6 * hourMs,
    clockErrorMs: 3 * hourMs,
    requests: 'one',
  },
  { ...right, name: 'slow network', transitMs: 4 * minuteMs },
  {
    ...right,
    name: 'slow and fast',
    transitMs: 4 * minuteMs,
    clockErrorMs: 3 * hourMs,
    requests: 'one',
  },
];
/** Of these no one can tell which part of the difference is the clock's and which the network's. */
const untold = 'slow and fast';

interface Sent {
  readonly shopper: Shopper;
  readonly steps: readonly Step[];
  /** How long the answer took at most: so much transit is real, and no part of the plan. */
  readonly tookMs: number;
}

interface Row {
  readonly eventAt: number;
  readonly clock: string;
  /** What adding each request's transit time to its events would make of it. */
  readonly byTransit: number;
}

const run = aName('skew');
const draw = createDraw(20260301);
const shoppers = devices.flatMap((each) =>
  skewedShoppers(each, { people: 40, now: Date.now(), run, draw }),
);
let stack: TestStack;
let sent: readonly Sent[];
let rows: ReadonlyMap<string, Row>;
let copies = 0;

beforeAll(async () => {
  stack = await startTestStack();
  const url = `${stack.urls.collector}/v1/batch`;
  const post = createPost({ url, writeKey: 'demo-write-key', timeoutMs: 20_000, maxSockets: 8 });
  const waiting = [...shoppers];
  const sendNext = async (): Promise<Sent[]> => {
    const shopper = waiting.shift();
    return shopper === undefined ? [] : [...(await sendAll(shopper, post)), ...(await sendNext())];
  };
  sent = (await Promise.all(Array.from({ length: 4 }, sendNext))).flat();
  const events = shoppers.flatMap(({ steps }) => steps).length;
  await waitUntilProcessed(stack, { accepted: events + copies, say: () => {} });
  rows = await counted();
});
afterAll(() => stack?.stop());

/** Slow networks deliver in any order; one request in six goes out again, its answer being lost. */
async function sendAll(shopper: Shopper, post: Post): Promise<readonly Sent[]> {
  const { requests, transitMs } = shopper.devices;
  const parts = requests === 'one' ? [shopper.steps] : shopper.steps.map((step) => [step]);
  const order = transitMs === 0 ? parts : [...parts].sort(() => draw.between(-1, 1));
  const done: Sent[] = [];
  for (const steps of order) {
    done.push(await send(shopper, steps, post));
    if (!draw.chance(1 / 6)) continue;
    await sleep(5);
    await send(shopper, steps, post);
    copies += steps.length;
  }
  return done;
}

async function send(shopper: Shopper, steps: readonly Step[], post: Post): Promise<Sent> {
  const { clockErrorMs, transitMs } = shopper.devices;
  const onDevice = (at: number) => new Date(at + clockErrorMs).toISOString();
  const batch = steps.map(({ messageId, event, trueAt }) => ({
    ...{ type: 'track', event, messageId, anonymousId: shopper.id, timestamp: onDevice(trueAt) },
    properties: { product_id: 'p1', category: 'Bags', order_id: shopper.id, revenue: 10 },
  }));
  const begun = Date.now();
  const sentAt = onDevice(begun - draw.whole(0, transitMs));
  const answer = await post(Buffer.from(JSON.stringify({ batch, sentAt })));
  expect(answer).toMatchObject({ status: 200, text: expect.not.stringContaining('refused') });
  return { shopper, steps, tookMs: Date.now() - begun };
}

async function counted(): Promise<ReadonlyMap<string, Row>> {
  const { CLICKHOUSE_URL: url = '', CLICKHOUSE_DATABASE: database = '' } = stack.env;
  const clickhouse = connectClickHouse({ url, database });
  const ms = (column: string) => `toFloat64(toUnixTimestamp64Milli(assumeNotNull(${column})))`;
  const found = await clickhouse.rows(`
    SELECT messageId, clock, ${ms('eventAt')} AS at,
           ${ms('originalAt')} + ${ms('receivedAt')} - ${ms('sentAt')} AS byTransit
      FROM events FINAL WHERE outcome = 'counted'`);
  await clickhouse.close();
  return new Map(
    found.map(({ messageId, clock, at, byTransit }) => [
      String(messageId),
      { eventAt: Number(at), clock: String(clock), byTransit: Number(byTransit) },
    ]),
  );
}

function rowOf({ messageId }: Step): Row {
  const row = rows.get(messageId);
  if (row === undefined) throw new Error(`${messageId} was not counted`);
  return row;
}

function of(name: string): readonly Shopper[] {
  return shoppers.filter((shopper) => shopper.devices.name === name);
}

/** Shoppers whose events stand in another order than they happened in. */
function disordered(all: readonly Shopper[], timeOf: (step: Step) => number): number {
  return all.filter(({ steps }) =>
    steps.some((step, index) => {
      const before = steps[index - 1];
      return before !== undefined && timeOf(before) >= timeOf(step);
    }),
  ).length;
}

test('every event is counted once, however often it came', async () => {
  const ledger = await ask<Ledger>(stack.urls.insights, '/v1/ledger');
  const events = shoppers.flatMap(({ steps }) => steps).length;
  expect(rows.size).toBe(events);
  expect(copies).toBeGreaterThan(50);
  expect(ledger.outcomes).toMatchObject({ counted: events, duplicate: copies });
});

test.each(devices.map(({ name }) => name))('event times are the true ones: %s', (name) => {
  const { clockErrorMs, transitMs } = of(name)[0]?.devices ?? right;
  const isShifted = Math.abs(clockErrorMs) > 5 * minuteMs;
  const errors = sent.flatMap(({ shopper, steps, tookMs }) =>
    shopper.devices.name === name
      ? steps.map((step) => {
          const row = rowOf(step);
          expect(row.clock).toBe(isShifted ? 'shifted' : 'healthy');
          const error = Math.abs(row.eventAt - step.trueAt);
          expect(error).toBeLessThanOrEqual(allowedMs(name, transitMs) + tookMs);
          return error;
        })
      : [],
  );
  const largest = Math.max(...errors);
  process.stderr.write(`${name}: ${errors.length} events, at most ${largest} ms from the truth\n`);
});

/** A second; how long the request truly took comes on top, on a machine that is busy. */
function allowedMs(name: string, transitMs: number): number {
  return name === untold ? transitMs + 1000 : 1000;
}

test('within a request no event moves against another', () => {
  const requests = sent.filter(({ steps }) => steps.length > 1);
  expect(requests.length).toBeGreaterThan(50);
  for (const { steps } of requests) {
    const moved = new Set(steps.map((step) => rowOf(step).eventAt - step.trueAt));
    expect(moved.size).toBe(1);
  }
});

test('devices with healthy clocks keep their order, whatever the network does', () => {
  const healthy = shoppers.filter(({ devices: { clockErrorMs } }) => Math.abs(clockErrorMs) < 1000);
  expect(disordered(healthy, (step) => rowOf(step).eventAt)).toBe(0);
  const onSlow = of('slow network');
  const byTransit = disordered(onSlow, (step) => rowOf(step).byTransit);
  process.stderr.write(
    `slow network: nobody of ${onSlow.length} out of order; ${byTransit} would be with transit time added\n`,
  );
  expect(byTransit).toBeGreaterThan(5);
});

test.each(['user', 'session'])('the funnel is the true one, by %s', async (by) => {
  const { rows: found } = await ask<Rows<FunnelRow>>(stack.urls.insights, '/v1/funnel', { by });
  const steps = found[0]?.steps.map(({ entered }) => entered);
  process.stderr.write(`funnel by ${by}: ${steps?.join(', ')} of ${shoppers.length}\n`);
  expect(steps).toEqual(trueFunnel(shoppers));
});

test('stored windows: everybody entered in the hour in which it happened', async () => {
  const question = { by: 'user', interval: 'hour' };
  const { rows: found } = await ask<Rows<FunnelRow>>(stack.urls.insights, '/v1/funnel', question);
  const hours = new Map<string, Shopper[]>();
  for (const shopper of shoppers) {
    if (shopper.enteredAt === null) continue;
    const hour = new Date(Math.floor(shopper.enteredAt / hourMs) * hourMs).toISOString();
    hours.set(hour, [...(hours.get(hour) ?? []), shopper]);
  }
  const stored = found.map(({ start, steps }) => `${start} ${steps.map(({ entered }) => entered)}`);
  const entered = stored.filter((row) => !row.endsWith(' 0,0,0,0'));
  const wanted = [...hours].map(([start, all]) => `${start} ${trueFunnel(all)}`);
  expect(entered.sort()).toEqual(wanted.sort());
});
