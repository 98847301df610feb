import type { Admin, Kafka } from 'kafkajs';
import { nameOf, type PartitionLog } from '../domain/ledger';
import { kafkaFailure, logBounds } from './kafka';
import { cleanedKeys, groupNames, groupOf, rawKeys, type TopicKey, topicsOf } from './topics';

export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

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
    written: () => committedOffsets(admin, groupOf('metrics', groupPrefix), namesOf(cleanedKeys)),
    async judged() {
      const groups = cleaners.map((name) => groupOf(name, groupPrefix));
      const all = groups.map((group) => committedOffsets(admin, group, namesOf(rawKeys)));
      return furthest(await Promise.all(all));
    },
  };
}

/** The next offsets that a group has committed of these topics; none for a partition without.
 *  TransientError where nobody answers. */
export async function committedPlaces(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<readonly Place[]> {
  try {
    const answers = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const places = answers.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
    );
    return places.filter(({ offset }) => offset >= 0);
  } catch (error) {
    throw kafkaFailure(error, `asking how far ${groupId} has read`);
  }
}

/** The same by name. */
export async function committedOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<Offsets> {
  const places = await committedPlaces(admin, groupId, topics);
  return new Map(places.map((place) => [nameOf(place), place.offset]));
}

/** Records of these topics that a group has not committed, partition by partition; of one without a
 *  commit, all there are. The ends are asked for last: what comes in meanwhile is behind too. */
export async function partitionLags(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<readonly number[]> {
  const committed = await committedOffsets(admin, groupId, topics);
  const lags: number[] = [];
  for (const topic of topics) {
    for (const [partition, { low, high }] of await logBounds(admin, topic)) {
      const next = Math.max(low, committed.get(nameOf({ topic, partition })) ?? low);
      lags.push(Math.max(0, high - next));
    }
  }
  return lags;
}

/** All of them together. */
export async function groupLag(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<number> {
  const lags = await partitionLags(admin, groupId, topics);
  return lags.reduce((sum, lag) => sum + lag, 0);
}

/** Whether none of these groups has ever committed an offset of these topics. TransientError when nobody
 *  answers. */
export async function nothingCommitted(
  kafka: Kafka,
  groups: readonly string[],
  topics: readonly string[],
): Promise<boolean> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const all = await Promise.all(groups.map((group) => committedPlaces(admin, group, topics)));
    return all.every(({ length }) => length === 0);
  } catch (error) {
    throw kafkaFailure(error, `asking what ${groups.join(' and ')} have consumed`);
  } finally {
    await admin.disconnect();
  }
}

function furthest(all: readonly Offsets[]): Offsets {
  const found = new Map<string, number>();
  for (const [name, offset] of all.flatMap((offsets) => [...offsets])) {
    found.set(name, Math.max(offset, found.get(name) ?? 0));
  }
  return found;
}
