import { answerOf } from './client';
import { createScript, type ScriptServer } from './script';

export interface KnownPartitionsOptions extends ScriptServer {
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

/** Remembers partitions at once: for a rebuild, which knows that their offsets are committed. */
export async function rememberPartitions(
  server: ScriptServer,
  group: string,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): Promise<void> {
  if (partitions.length === 0) return;
  const names = partitions.map(({ topic, partition }) => `${topic}/${partition}`);
  await memoryOf(server)([server.keys.consumed(group)], names);
}

function memoryOf(server: ScriptServer) {
  return createScript(server, 'remember-partitions.lua', { types: ['set'] });
}

export function createKnownPartitions(options: KnownPartitionsOptions): KnownPartitions {
  const { redis, group, afterMs, now } = options;
  const key = options.keys.consumed(group);
  const remember = memoryOf(options);
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
      await remember([key], [name]);
      noted.add(name);
    },
  };
}
