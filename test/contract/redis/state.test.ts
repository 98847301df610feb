import { applicationsOf } from '../../../services/shared/domain/application';
import { createCanary } from '../../../services/shared/stores/redis/canary';
import { redisKeys } from '../../../services/shared/stores/redis/keys';
import { createPublished } from '../../../services/shared/stores/redis/published';
import { createReached } from '../../../services/shared/stores/redis/reached';
import { createScript } from '../../../services/shared/stores/redis/script';
import { createTagWriter } from '../../../services/shared/stores/redis/tag-writer';
import { aJudgedEvent } from '../../support/event-builders';
import { keysBelow, type TestRedis, testRedis } from '../../support/redis';

let server: TestRedis;
beforeEach(async () => {
  server = await testRedis();
});
afterEach(() => server.close());

test('a canary is made once, whoever asks, and stands beside the run id of the server', async () => {
  const keys = redisKeys(`${server.prefix}own:`);
  const canary = createCanary(server.redis, keys);
  const before = await canary.sign();
  expect(before.canary).toBeNull();
  expect(before.runId).toMatch(/^[0-9a-f]{40}$/);
  const [one, other] = await Promise.all([canary.begin(), canary.begin()]);
  expect(one).toBe(other);
  expect(await canary.sign()).toEqual({ runId: before.runId, canary: one });
});

test.each([
  'claim-events.lua',
  'apply-weights.lua',
  'record-reached.lua',
  'remember-partitions.lua',
])('%s writes nothing without the canary', async (file) => {
  const doubts: string[] = [];
  const state = { ...server.state, doubt: () => void doubts.push('doubt') };
  const script = createScript({ ...server, state }, file, { types: ['hash'] });
  await server.redis.del(server.keys.canary());
  const call = script([server.keys.reached('g')], ['t/0', '1']);
  await expect(call).rejects.toMatchObject({ name: 'TransientError', server: 'redis' });
  expect(doubts).toEqual(['doubt']);
  expect(await keysBelow(server.redis, server.prefix)).toEqual([]);
});

test('tags are not added to an emptied server, and are once it has its canary', async () => {
  const writer = createTagWriter({ ...server, ttlMs: 60_000 });
  await server.redis.del(server.keys.canary());
  const applications = applicationsOf(aJudgedEvent());
  await expect(writer.apply(applications)).rejects.toThrow(/canary/);
  await server.redis.set(server.keys.canary(), 'test');
  expect(await writer.apply(applications)).toEqual(applications.map(() => true));
});

test('how far a group has come, partition by partition', async () => {
  const cleaner = createReached(server, 'cleaner');
  expect(await cleaner.offset('t', 0)).toBeNull();
  await cleaner.record([
    { topic: 't', partition: 0, offset: 7 },
    { topic: 't', partition: 1, offset: 2 },
  ]);
  await cleaner.record([{ topic: 't', partition: 0, offset: 9 }]);
  expect(await cleaner.offset('t', 0)).toBe(9);
  expect(await cleaner.offset('t', 1)).toBe(2);
  expect(await createReached(server, 'interests').offset('t', 0)).toBeNull();
});

test('how far claims reach by what was published, and the server that last had all of them', async () => {
  const published = createPublished(server, 'cleaner');
  expect(await published.read()).toEqual({ runId: null, offsets: new Map() });
  await published.record([
    { topic: 't', partition: 0, offset: 7 },
    { topic: 't', partition: 1, offset: 2 },
  ]);
  await published.record([{ topic: 't', partition: 0, offset: 9 }]);
  await published.whole('r1');
  const offsets = new Map([
    ['t/0', 9],
    ['t/1', 2],
  ]);
  expect(await published.read()).toEqual({ runId: 'r1', offsets });
  await server.redis.del(server.keys.canary());
  await expect(published.whole('r2')).rejects.toThrow(/canary/);
});
