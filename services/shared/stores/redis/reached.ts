import { FatalError } from '../../runtime/errors';
import { answerOf } from './client';
import { createScript, type ScriptServer } from './script';

export interface Place {
  readonly topic: string;
  readonly partition: number;
  /** The next offset: effects of all before it are in Redis. */
  readonly offset: number;
}

/** How far a group's effects in Redis reach. A Redis that lost its last writes has lost these as well,
 *  since they were written after the effects they stand for: whoever starts from here lacks nothing. */
export interface Reached {
  /** Null where Redis knows nothing of the partition. Errors as `RedisState.assured`. */
  offset(topic: string, partition: number): Promise<number | null>;
  /** To be called before the offsets are committed. Idempotent by partition. */
  record(places: readonly Place[]): Promise<void>;
}

/** `group` is the consumer group whose places these are. */
export function createReached(server: ScriptServer, group: string): Reached {
  const script = createScript(server, 'record-reached.lua', { types: ['hash'] });
  const key = server.keys.reached(group);
  return {
    async offset(topic, partition) {
      await server.state.assured();
      const text = await answerOf(server.redis.hget(key, fieldOf({ topic, partition })));
      if (text === null) return null;
      const offset = Number(text);
      if (Number.isSafeInteger(offset)) return offset;
      throw new FatalError(`${key} has no offset for ${topic}/${partition}: '${text}'`);
    },
    async record(places) {
      if (places.length === 0) return;
      await script(
        [key],
        places.flatMap((place) => [fieldOf(place), place.offset]),
      );
    },
  };
}

function fieldOf({ topic, partition }: Pick<Place, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`;
}
