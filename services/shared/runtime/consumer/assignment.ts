import { steadyClock } from '../clock';
import type { ServerName } from '../errors';

/** Why a partition is not fetched: it has just been assigned and is being looked at, or its stage
 *  met a server that is down. */
export type Waiting = 'admission' | ServerName;

/** One partition for as long as it is ours. A rebalance makes new objects of all of them, so a batch
 *  that still holds an old one knows that it is stale. */
export interface OwnedPartition {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to process; null until the group's offset is known. */
  position: number | null;
  /** Where fetching was told to begin: batches that were fetched from elsewhere are not of this life. */
  soughtTo: number | null;
  /** What the broker has on record for the group. */
  committed: number;
  /** With commit 'marked': as far as the service says. */
  marked: number;
  /** Since when an offset waits to be committed; null where none does. */
  uncommittedSince: number | null;
  /** End of the log as last heard of. */
  end: number;
  waiting: Waiting | null;
  /** Failures of the stage in a row. */
  failures: number;
  /** Append time of the last processed record, or of the first one that waits. */
  oldestAt: number | null;
  /** When `position` moved, or the stage began, or there was nothing to do. */
  movedAt: number;
}

export type TopicPartitions = Readonly<Record<string, readonly number[]>>;

export interface Assignment {
  /** Takes the place of what was assigned before; returns the partitions that are gone. */
  replace(assigned: TopicPartitions): readonly OwnedPartition[];
  /** Nothing is ours any more: the group has thrown us out. Returns what was. */
  clear(): readonly OwnedPartition[];
  /** The same partitions, each as if it had just been assigned. */
  renew(): void;
  find(topic: string, partition: number): OwnedPartition | undefined;
  isCurrent(owned: OwnedPartition): boolean;
  all(): readonly OwnedPartition[];
}

export function createAssignment(): Assignment {
  let owned = new Map<string, OwnedPartition>();
  const keyOf = (topic: string, partition: number) => `${topic}/${partition}`;
  return {
    replace(assigned) {
      const before = owned;
      owned = new Map();
      for (const [topic, partitions] of Object.entries(assigned)) {
        for (const partition of partitions) {
          owned.set(keyOf(topic, partition), newlyOwned(topic, partition));
        }
      }
      return [...before].filter(([key]) => !owned.has(key)).map(([, gone]) => gone);
    },
    clear() {
      const gone = [...owned.values()];
      owned = new Map();
      return gone;
    },
    renew() {
      owned = new Map([...owned].map(([key, one]) => [key, newlyOwned(one.topic, one.partition)]));
    },
    find: (topic, partition) => owned.get(keyOf(topic, partition)),
    isCurrent: (one) => owned.get(keyOf(one.topic, one.partition)) === one,
    all: () => [...owned.values()],
  };
}

function newlyOwned(topic: string, partition: number): OwnedPartition {
  return {
    topic,
    partition,
    position: null,
    soughtTo: null,
    committed: -1,
    marked: -1,
    uncommittedSince: null,
    end: -1,
    waiting: 'admission',
    failures: 0,
    oldestAt: null,
    movedAt: steadyClock.now(),
  };
}
