import type { Admin } from 'kafkajs';
import { nameOf, type PartitionLog } from '../domain/ledger';
import { kafkaFailure, logBounds } from './kafka';
import { cleanedKeys, groupNames, groupOf, rawKeys, type TopicKey, topicsOf } from './topics';

/** Offsets by `topic/partition`. */
export type Offsets = ReadonlyMap<string, number>;

export interface KafkaOffsets {
  /** Where the raw topics begin and end. */
  logs(): Promise<readonly PartitionLog[]>;
  reviewLogs(): Promise<readonly PartitionLog[]>;
  /** Raw partitions: how far the cleaner has committed. */
  judged(): Promise<Offsets>;
  /** Where the cleaned topics end. */
  ends(): Promise<Offsets>;
  /** Cleaned partitions: how far metrics has committed. */
  written(): Promise<Offsets>;
}

interface Names {
  readonly topicPrefix: string;
  readonly groupPrefix: string;
}

/** What Kafka says of logs and of how far groups have read; TransientError where it cannot be asked. */
export function kafkaOffsets(admin: Admin, { topicPrefix, groupPrefix }: Names): KafkaOffsets {
  const topics = topicsOf(topicPrefix);
  const logsOf = async (keys: readonly TopicKey[]): Promise<readonly PartitionLog[]> => {
    const found = await Promise.all(
      keys.map(async (key) => ({
        topic: topics[key],
        bounds: await logBounds(admin, topics[key]),
      })),
    );
    return found.flatMap(({ topic, bounds }) =>
      [...bounds].map(([partition, { low, high }]) => {
        return { topic, partition, logStart: low, logEnd: high };
      }),
    );
  };
  const namesOf = (keys: readonly TopicKey[]) => keys.map((key) => topics[key]);
  const cleaners = groupNames.filter((name) => name.startsWith('cleaner'));
  return {
    logs: () => logsOf(rawKeys),
    reviewLogs: () => logsOf(['review']),
    ends: async () => new Map((await logsOf(cleanedKeys)).map((one) => [nameOf(one), one.logEnd])),
    written: () => committed(admin, groupOf('metrics', groupPrefix), namesOf(cleanedKeys)),
    async judged() {
      const groups = cleaners.map((name) => groupOf(name, groupPrefix));
      const all = groups.map((group) => committed(admin, group, namesOf(rawKeys)));
      return furthest(await Promise.all(all));
    },
  };
}

/** Committed offsets of these topics by `topic/partition`; a partition without one is left out. */
async function committed(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<Offsets> {
  try {
    const answers = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const places = answers.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => {
        return [nameOf({ topic, partition }), Number(offset)] as const;
      }),
    );
    return new Map(places.filter(([, offset]) => offset >= 0));
  } catch (error) {
    throw kafkaFailure(error, `asking how far ${groupId} has read`);
  }
}

function furthest(all: readonly Offsets[]): Offsets {
  const found = new Map<string, number>();
  for (const [name, offset] of all.flatMap((offsets) => [...offsets])) {
    found.set(name, Math.max(offset, found.get(name) ?? 0));
  }
  return found;
}
