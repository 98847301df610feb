import { answerOf } from './client';
import type { Place } from './reached';
import { createScript, type ScriptServer } from './script';

/** How much of what the cleaner published has its claims here. */
export interface Whole {
  /** The server on which all of it had; null where nobody has said so of any. */
  readonly runId: string | null;
  /** By `topic/partition` of what was published: the next offset that may have none. */
  readonly offsets: ReadonlyMap<string, number>;
}

/** How far the claims reach, by what was published under them. A Redis that lost its last claims has
 *  lost this as well, since it was written after them. Errors as `RedisState.assured`. */
export interface Published {
  read(): Promise<Whole>;
  /** Idempotent by partition. Of several processes the lower one may win: more is looked at then. */
  record(places: readonly Place[]): Promise<void>;
  /** Every claim there ever was is on this server. Idempotent. */
  whole(runId: string): Promise<void>;
}

/** No partition is called so. */
const runIdField = 'run id';

export function createPublished(server: ScriptServer, group: string): Published {
  const script = createScript(server, 'record-reached.lua', { types: ['hash'] });
  const key = server.keys.published(group);
  return {
    async read() {
      await server.state.assured();
      const { [runIdField]: runId = null, ...places } = await answerOf(server.redis.hgetall(key));
      const offsets = Object.entries(places).map(([name, text]) => [name, Number(text)] as const);
      return { runId, offsets: new Map(offsets) };
    },
    async record(places) {
      if (places.length === 0) return;
      const fields = places.map(({ topic, partition, offset }) => [
        `${topic}/${partition}`,
        offset,
      ]);
      await script([key], fields.flat());
    },
    async whole(runId) {
      await script([key], [runIdField, runId]);
    },
  };
}
