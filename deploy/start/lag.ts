import type { Admin } from 'kafkajs';
import { groupLag } from '../../services/shared/runtime/group-offsets';
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
  const read = topicsReadBy(topicPrefix);
  const lags = { cleaner: 0, 'cleaner-import': 0, interests: 0, metrics: 0 };
  for (const group of groupNames) {
    lags[group] = await groupLag(admin, groupOf(group, groupPrefix), read[group]);
  }
  return lags;
}

/** The topics that each group reads. */
export function topicsReadBy(topicPrefix: string): Readonly<Record<GroupName, readonly string[]>> {
  const topics = topicsOf(topicPrefix);
  return {
    cleaner: [...liveKeys, 'review' as const].map((key) => topics[key]),
    'cleaner-import': [topics.import],
    interests: [topics.clean],
    metrics: cleanedKeys.map((key) => topics[key]),
  };
}
