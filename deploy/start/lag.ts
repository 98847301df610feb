import type { Admin } from 'kafkajs';
import {
  cleanedKeys,
  type GroupName,
  groupNames,
  groupOf,
  liveKeys,
  topicsOf,
} from '../../services/shared/runtime/topics';

/** Records that each consumer group has not committed yet. */
export type Lags = Readonly<Record<GroupName, number>>;

export interface LagOptions {
  readonly admin: Admin;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
}

/**
 * Lags by committed offsets. The groups are asked in the order of the flow, upstream first: what an
 * earlier group still published before its answer is then in the later group's lag, so that all
 * zero means everything sent before the call has come through.
 */
export async function readLags({ admin, topicPrefix, groupPrefix }: LagOptions): Promise<Lags> {
  const topics = topicsOf(topicPrefix);
  const read: Readonly<Record<GroupName, readonly string[]>> = {
    cleaner: [...liveKeys, 'review' as const].map((key) => topics[key]),
    'cleaner-import': [topics.import],
    interests: [topics.clean],
    metrics: cleanedKeys.map((key) => topics[key]),
  };
  const lags = { cleaner: 0, 'cleaner-import': 0, interests: 0, metrics: 0 };
  for (const group of groupNames) {
    lags[group] = await groupLag(admin, groupOf(group, groupPrefix), read[group]);
  }
  return lags;
}

async function groupLag(admin: Admin, groupId: string, topics: readonly string[]): Promise<number> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  let lag = 0;
  for (const topic of topics) {
    const place = committed.find((entry) => entry.topic === topic)?.partitions ?? [];
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
      const offset = place.find((entry) => entry.partition === partition)?.offset ?? '-1';
      lag += Number(high) - (offset === '-1' ? Number(low) : Number(offset));
    }
  }
  return lag;
}
