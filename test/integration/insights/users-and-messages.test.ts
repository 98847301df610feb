import { applicationsOf } from '../../../services/shared/domain/application';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import { connectClickHouse } from '../../../services/shared/stores/clickhouse/client';
import { createFactsReader } from '../../../services/shared/stores/clickhouse/queries/facts-reader';
import { connectRedis } from '../../../services/shared/stores/redis/client';
import { redisKeys } from '../../../services/shared/stores/redis/keys';
import { createTagWriter } from '../../../services/shared/stores/redis/tag-writer';
import { createTags } from '../../../services/shared/stores/redis/tags';
import { aChannel, aJudgedEvent, anEvent, anItem, noon } from '../../support/event-builders';
import { anInsightsServer, type InsightsServer } from '../../support/insights-server';
import { type TestRedis, testRedis } from '../../support/redis';
import { anEventsDatabase, type EventsDatabase } from './events-database';

const minute = 60_000;
const day = 86_400_000;
const topic = 'events.click.v1';

/** Ann came by e-mail, looked at a bag twice (a client sent the second look again), and bought it. */
const aVisit = (at: number, part: Parameters<typeof anEvent>[0]) =>
  anEvent({ sessionId: 's-1', eventAt: at, ip: null, userAgent: null, ...part });
const bag = [anItem({ category: 'Bags', brand: 'Acme' })];
const recordOf = (offset: number, event: JudgedEvent['event'], part: object = {}): JudgedEvent => ({
  ...aJudgedEvent(),
  source: { topic, partition: 0, offset },
  event,
  ...part,
});
const byEmail = aChannel({ group: 'Email', source: 'news', medium: 'email' });
const effect = {
  orderId: 'o-1',
  revenueMinor: 4900,
  taxMinor: null,
  shippingMinor: null,
  coupon: null,
};
const bought = {
  type: 'order_completed',
  name: 'Order Completed',
  effect,
  currency: 'USD',
} as const;
const records: readonly JudgedEvent[] = [
  recordOf(0, aVisit(noon, { messageId: 'm-0', channel: byEmail, items: bag })),
  recordOf(1, aVisit(noon + minute, { messageId: 'm-1', items: bag })),
  recordOf(2, aVisit(noon + minute, { messageId: 'm-1' }), {
    ...{ outcome: 'duplicate', reason: 'same_message', firstCounted: false },
    heldBy: { topic, partition: 0, offset: 1 },
  }),
  recordOf(3, aVisit(noon + 65 * minute, { ...bought, messageId: 'm-3', items: bag })),
  recordOf(4, aVisit(noon + 66 * minute, { ...bought, messageId: 'm-4', items: bag })),
  recordOf(5, aVisit(noon, { messageId: 'm-5', anonymousId: 'bot' }), {
    ...{ outcome: 'bot', reason: 'declared_bot', firstCounted: false },
    evidence: 'the user agent says Crawler/1.0',
  }),
];

let database: EventsDatabase;
let redis: TestRedis;
let insights: InsightsServer;

beforeAll(async () => {
  database = await anEventsDatabase();
  redis = await testRedis();
  await database.keep(records);
  const writer = createTagWriter({ ...redis, ttlMs: day });
  const counted = records.filter(({ outcome }) => outcome === 'counted');
  await writer.apply(counted.flatMap(applicationsOf));
  insights = await anInsightsServer({
    facts: createFactsReader(database.clickhouse),
    interests: createTags(redis.redis, redis.keys),
    tagEventsLookBackMs: day,
  });
}, 60_000);

afterAll(async () => {
  await insights.server.close();
  await redis.close();
  await database.drop();
});

test('tags, strongest first, with the latest counted events behind each', async () => {
  const at = new Date(noon + 66 * minute).toISOString();
  const { body } = await insights.get(`/v1/users/ann/tags?at=${at}&events=3`);
  const ids = (tag: { events: { messageId: string }[] }) => tag.events.map((one) => one.messageId);
  const shown = body.tags.map((tag: { tag: string } & Parameters<typeof ids>[0]) => [
    tag.tag,
    ids(tag),
  ]);
  expect(Object.fromEntries(shown)).toEqual({
    'category:Bags': ['m-4', 'm-3', 'm-1'],
    'brand:Acme': ['m-4', 'm-3', 'm-1'],
    'channel:Email': ['m-0'],
  });
  // Two looks of weight 1 and two orders of weight 10, all of the last 66 minutes.
  expect(body.tags[0].weight).toBeCloseTo(22, 1);
});

test('many users at once, and the profile', async () => {
  const { body } = await insights.post('/v1/users/tags', { ids: ['nobody', 'ann'], limit: 1 });
  expect(
    body.users.map(({ id, tags }: { id: string; tags: object[] }) => [id, tags.length]),
  ).toEqual([
    ['nobody', 0],
    ['ann', 1],
  ]);
  expect((await insights.get('/v1/users/ann')).body).toEqual({
    id: 'ann',
    lastSeenAt: new Date(noon + 66 * minute).toISOString(),
    lastChannel: 'Email',
    lastChannelAt: new Date(noon).toISOString(),
    segment: 'buyer',
    counts: { product_viewed: 2, order_completed: 2 },
  });
});

test('a message that was sent twice: what the first did, and why the second did nothing', async () => {
  const { body } = await insights.get('/v1/events/m-1');
  expect(
    body.records.map(
      ({ outcome, coordinates }: { outcome: string; coordinates: { offset: number } }) => [
        outcome,
        coordinates.offset,
      ],
    ),
  ).toEqual([
    ['counted', 1],
    ['duplicate', 2],
  ]);
  expect(body.records[0].effects).toMatchObject({
    session: { start: '2026-01-15T12:00:00.000Z', channel: 'Email' },
    windows: [
      { table: 'channel_1m', start: '2026-01-15T12:01:00.000Z', as: 'event' },
      { table: 'channel_1m', start: '2026-01-15T12:00:00.000Z', as: 'session' },
      { table: 'funnel_1h', start: '2026-01-15T12:00:00.000Z', as: 'event' },
    ],
    order: null,
  });
  expect(body.records[1]).toMatchObject({
    heldBy: `${topic}/0/1`,
    effects: { windows: [], tags: [] },
  });
});

test('an order that came twice counts by its first copy', async () => {
  const orderOf = async (messageId: string) =>
    (await insights.get(`/v1/events/${messageId}`)).body.records[0].effects;
  const countsBy = { topic, partition: 0, offset: 3 };
  expect((await orderOf('m-3')).order).toEqual({ key: 'o-1', counts: true, countsBy });
  const copy = await orderOf('m-4');
  expect(copy.order).toEqual({ key: 'o-1', counts: false, countsBy });
  expect(copy.windows).toContainEqual({
    table: 'funnel_1h',
    start: '2026-01-15T12:00:00.000Z',
    as: 'step',
  });
});

test('a program’s visit says what gave it away', async () => {
  const { body } = await insights.get('/v1/events/m-5');
  expect(body.records[0]).toMatchObject({
    outcome: 'bot',
    explanation: 'Not counted: sent by a program (declared_bot). The user agent says Crawler/1.0.',
  });
});

test('while a server is down, what needs it is 503 and the rest goes on', async () => {
  const nowhere = 'http://127.0.0.1:9';
  const clickhouse = connectClickHouse({ url: nowhere, database: 'none', maxExecutionMs: 1000 });
  const noRedis = connectRedis({
    ...{ url: 'redis://127.0.0.1:9', commandTimeoutMs: 500 },
    ...{ onDown: () => {}, onUp: () => {} },
  });
  const interests = createTags(redis.redis, redis.keys);
  const noFacts = await anInsightsServer({ facts: createFactsReader(clickhouse), interests });
  const noInterests = await anInsightsServer({
    facts: createFactsReader(database.clickhouse),
    interests: createTags(noRedis, redisKeys()),
  });
  const status = async (server: InsightsServer, url: string) => (await server.get(url)).status;
  try {
    expect([
      await status(noFacts, '/v1/ledger'),
      await status(noFacts, '/v1/users/ann/tags'),
      await status(noFacts, '/v1/users/ann/tags?events=0'),
      await status(noInterests, '/v1/users/ann/tags'),
      await status(noInterests, '/v1/users/ann'),
      await status(noInterests, '/v1/ledger'),
    ]).toEqual([503, 503, 200, 503, 503, 200]);
  } finally {
    noRedis.disconnect();
    await clickhouse.close();
  }
});
