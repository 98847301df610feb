import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { answerOf, connectRedis } from '../../services/shared/stores/redis/client';
import { type RedisKeys, redisKeys } from '../../services/shared/stores/redis/keys';
import type { ScriptServer } from '../../services/shared/stores/redis/script';

export interface TestRedis {
  readonly redis: Redis;
  /** Keys of this test alone. */
  readonly keys: RedisKeys;
  readonly prefix: string;
  /** With a canary of this test. */
  readonly state: ScriptServer['state'];
  /** Removes those keys and disconnects. */
  close(): Promise<void>;
}

/** The real server that REDIS_URL names, under a random key prefix. */
export async function testRedis(): Promise<TestRedis> {
  const url = process.env.REDIS_URL;
  if (!url) throw new Error('REDIS_URL is not set: `npm test` brings the servers that tests need');
  const redis = connectRedis({ url, commandTimeoutMs: 5000, onDown: fail, onUp: () => {} });
  await new Promise((resolve, reject) => {
    redis.once('ready', resolve);
    redis.once('error', reject);
  });
  const prefix = `test-${randomBytes(6).toString('hex')}:`;
  const keys = redisKeys(prefix);
  await redis.set(keys.canary(), 'test');
  return {
    redis,
    prefix,
    keys,
    state: { assured: async () => 'test', doubt: () => {} },
    async close() {
      const left = await keysBelow(redis, prefix);
      if (left.length > 0) await answerOf(redis.unlink(...left));
      redis.disconnect();
    },
  };
}

export async function keysBelow(redis: Redis, prefix: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
    found.push(...(page as string[]));
  }
  return found;
}

function fail(message: string): never {
  throw new Error(`Redis went away: ${message}`);
}
