import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { TransientError } from '../../runtime/errors';
import { answerOf } from './client';
import type { RedisKeys } from './keys';

/** Which Redis this is, and whether it still has what was written to it. */
export interface Sign {
  /** New at each start of a server, and another on each replica. */
  readonly runId: string;
  /** Made once with the first effect, and again by a rebuild; null where Redis has none. */
  readonly canary: string | null;
}

export interface Canary {
  sign(): Promise<Sign>;
  /** Puts a canary where there is none; the one that stands there afterwards. */
  begin(): Promise<string>;
}

/** The key that every script checks before its first write. Errors as `answerOf`. */
export function createCanary(redis: Redis, keys: RedisKeys): Canary {
  const key = keys.canary();
  return {
    async sign() {
      const info = await answerOf(redis.info('server'));
      const runId = /^run_id:(\S+)/m.exec(info)?.[1];
      if (runId === undefined) throw unnamed();
      return { runId, canary: await answerOf(redis.get(key)) };
    },
    async begin() {
      const made = randomUUID();
      const before = await answerOf(redis.set(key, made, 'NX', 'GET'));
      return before ?? made;
    },
  };
}

function unnamed(): TransientError {
  return new TransientError('redis: INFO server has no run_id', { server: 'redis' });
}
