import { randomBytes } from 'node:crypto';
import { connectRedis, refuseEviction } from '../../../services/shared/stores/redis/client';
import { redisKeys } from '../../../services/shared/stores/redis/keys';
import { createKnownPartitions } from '../../../services/shared/stores/redis/known-partitions';
import { createScript } from '../../../services/shared/stores/redis/script';
import { type TestRedis, testRedis } from '../../support/redis';

let server: TestRedis;
beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.close());

test('a script is taught again to a server that forgot it', async () => {
  const claim = createScript(server, 'claim-events.lua', { types: ['hash'] });
  const entry = Buffer.concat([randomBytes(8), Buffer.alloc(13)]);
  const key = server.keys.claims('scripts', 'none', 0);
  await claim([key], [1000, entry]);
  await server.redis.script('FLUSH');
  expect(await claim([key], [1000, entry])).toEqual([Buffer.alloc(13)]);
});

test('a server that is not there fails at once, as a passing failure', async () => {
  const said: string[] = [];
  const redis = connectRedis({
    url: 'redis://127.0.0.1:1',
    commandTimeoutMs: 200,
    onDown: (message) => said.push(message),
    onUp: () => said.push('up'),
  });
  const claim = createScript({ ...server, redis }, 'claim-events.lua', { types: ['hash'] });
  const failure = { name: 'TransientError', server: 'redis' };
  await expect(claim(['k'], [1])).rejects.toMatchObject(failure);
  await expect(refuseEviction(redis)).rejects.toMatchObject(failure);
  await new Promise((resolve) => redis.once('reconnecting', resolve));
  redis.disconnect();
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/ECONNREFUSED/);
});

test('a server that evicts nothing is taken', async () => {
  await expect(refuseEviction(server.redis)).resolves.toBeUndefined();
});

test('a partition is known once it was worked on for a while, to its own group, for good', async () => {
  let now = 0;
  const options = { ...server, afterMs: 10_000, now: () => now };
  const cleaner = createKnownPartitions({ ...options, group: 'cleaner' });
  await cleaner.note('t', 1);
  now = 9999;
  await cleaner.note('t', 1);
  expect(await cleaner.isKnown('t', 1)).toBe(false);
  now = 10_000;
  await cleaner.note('t', 1);
  await cleaner.note('t', 2);
  const restarted = createKnownPartitions({ ...options, group: 'cleaner' });
  expect(await restarted.isKnown('t', 1)).toBe(true);
  expect(await restarted.isKnown('t', 2)).toBe(false);
  const other = createKnownPartitions({ ...options, group: 'interests' });
  expect(await other.isKnown('t', 1)).toBe(false);
});

test('no two users or buckets share a key', () => {
  const keys = redisKeys('p:');
  expect(keys.tags('demo', 'u:1')).toBe('p:tags:{demo:u:1}');
  expect(keys.profile('demo', 'u:1')).toBe('p:profile:{demo:u:1}');
  expect(keys.claims('demo', '2026-01-15', 7)).toBe('p:claims:{demo:2026-01-15:7}');
});
