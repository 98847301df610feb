import type { Redis } from 'ioredis';
import { answerOf } from './client';
import type { RedisKeys } from './keys';

export interface KnownPartitionsOptions {
  readonly redis: Redis;
  readonly keys: RedisKeys;
  /** The consumer group whose partitions these are. */
  readonly group: string;
  /** A partition is remembered once it has been worked on for this long, so that its offsets have
   *  surely been committed: a process that dies before its first commit must be able to start. */
  readonly afterMs: number;
  readonly now: () => number;
}

/** Which partitions a group has effects of in Redis. A group without an offset for one of them reads
 *  a log that is not the one those effects are from. */
export interface KnownPartitions {
  isKnown(topic: string, partition: number): Promise<boolean>;
  /** Call after each batch; asks Redis once a partition. */
  note(topic: string, partition: number): Promise<void>;
}

export function createKnownPartitions(options: KnownPartitionsOptions): KnownPartitions {
  const { redis, group, afterMs, now } = options;
  const key = options.keys.consumed(group);
  const begunAt = new Map<string, number>();
  const noted = new Set<string>();
  return {
    async isKnown(topic, partition) {
      return (await answerOf(redis.sismember(key, `${topic}/${partition}`))) === 1;
    },
    async note(topic, partition) {
      const name = `${topic}/${partition}`;
      const begun = begunAt.get(name) ?? now();
      begunAt.set(name, begun);
      if (noted.has(name) || now() - begun < afterMs) return;
      await answerOf(redis.sadd(key, name));
      noted.add(name);
    },
  };
}
