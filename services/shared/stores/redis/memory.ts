import type { Redis } from 'ioredis';
import { answerOf } from './client';

export interface RedisMemory {
  readonly usedBytes: number;
  /** What it may use: its own bound, or else the memory of its machine; 0 where it does not say. */
  readonly limitBytes: number;
}

/** How full Redis is: without room it refuses every claim, and nothing passes. TransientError where it
 *  cannot be asked. */
export async function readMemory(redis: Redis): Promise<RedisMemory> {
  return memoryOf(await answerOf(redis.info('memory')));
}

/** Reads the memory section of INFO. */
export function memoryOf(info: string): RedisMemory {
  const numberOf = (name: string) =>
    Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const bound = numberOf('maxmemory');
  return {
    usedBytes: numberOf('used_memory'),
    limitBytes: bound > 0 ? bound : numberOf('total_system_memory'),
  };
}
