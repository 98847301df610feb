import type { Redis } from 'ioredis';
import { answerOf } from './client';
import type { RedisKeys } from './keys';

/** Removes the canary, and then every key of the installation: from its first step on, nobody else
 *  writes. */
export async function clearState(redis: Redis, keys: RedisKeys): Promise<number> {
  await answerOf(redis.unlink(keys.canary()));
  let removed = 0;
  for (const pattern of keys.everything()) {
    for await (const page of redis.scanStream({ match: pattern, count: 1000 })) {
      const found = page as string[];
      if (found.length > 0) removed += await answerOf(redis.unlink(...found));
    }
  }
  return removed;
}
