import type { EachBatchPayload, TopicOffsets } from 'kafkajs';
import { steadyClock } from '../clock';
import { messageOf } from '../errors';
import { protocolErrorOf } from '../kafka';
import type { Log } from '../log';
import type { Metrics } from '../metrics';
import type { Reached } from './admission';
import type { Assignment, OwnedPartition } from './assignment';

export type CommitCall = EachBatchPayload['commitOffsetsIfNecessary'];

export interface Commits {
  /** How offsets are committed: the call that came with the last batch of this generation. */
  use(call: CommitCall | null): void;
  /** Commits what may be; one commit at a time. Never throws: what failed is tried again. */
  flush(): Promise<void>;
  stop(): void;
}

export interface CommitsOptions {
  readonly assignment: Assignment;
  readonly mode: 'processed' | 'marked';
  readonly everyMs: number;
  /** Told of the offsets before they are committed. */
  readonly reached?: Pick<Reached, 'record'> | undefined;
  /** What every commit passes on its way. */
  readonly through?: (call: CommitCall) => CommitCall;
  /** The group has given our partitions to others. */
  readonly onRefused: () => void;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The broker's word that this member is no longer one: what it holds belongs to others. */
const refusals = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);

/** Offsets go out on a cadence of their own: a commit a batch would cost a request a batch. The
 *  explicit call of the batch is used because `consumer.commitOffsets` can resolve without having
 *  committed while the consumer stops (kafkajs 2.2.4). */
export function createCommits(options: CommitsOptions): Commits {
  const { assignment, mode, log, metrics } = options;
  let commit: CommitCall | null = null;
  let running: Promise<void> | null = null;

  async function commitPending(): Promise<void> {
    const pending = assignment.all().filter((one) => committable(one, mode) > one.committed);
    // Before the first batch nothing has been done: where a log begins need not be committed.
    if (commit === null || pending.length === 0) return;
    for (const one of pending) one.uncommittedSince ??= steadyClock.now();
    const offsets = pending.map((one) => ({ owned: one, offset: committable(one, mode) }));
    try {
      await options.reached?.record(
        offsets.map(({ owned: { topic, partition }, offset }) => ({ topic, partition, offset })),
      );
      await commit({ topics: byTopic(offsets) });
      for (const { owned, offset } of offsets) {
        owned.committed = offset;
        owned.uncommittedSince = null;
      }
      metrics.count('tributary_consumer_commits_total', { result: 'committed' });
    } catch (error) {
      const refused = refusals.has(protocolErrorOf(error) ?? '');
      metrics.count('tributary_consumer_commits_total', { result: refused ? 'refused' : 'failed' });
      log.debug({ why: messageOf(error) }, 'offsets were not committed');
      // A refusal that comes after the next join is about what was ours before it.
      if (refused && pending.some((one) => assignment.isCurrent(one))) options.onRefused();
    }
  }

  function flush(): Promise<void> {
    running ??= commitPending().finally(() => {
      running = null;
    });
    return running;
  }

  const timer = setInterval(flush, options.everyMs);
  return {
    use(call) {
      commit = call === null ? null : (options.through?.(call) ?? call);
    },
    flush,
    stop: () => clearInterval(timer),
  };
}

/** The offset up to which everything is done; -1 where that is not known. */
function committable(one: OwnedPartition, mode: 'processed' | 'marked'): number {
  const position = one.position ?? -1;
  return mode === 'processed' ? position : Math.min(position, one.marked);
}

interface Pending {
  readonly owned: OwnedPartition;
  readonly offset: number;
}

function byTopic(pending: readonly Pending[]): TopicOffsets[] {
  const topics = new Map<string, TopicOffsets>();
  for (const { owned, offset } of pending) {
    const entry = topics.get(owned.topic) ?? { topic: owned.topic, partitions: [] };
    entry.partitions.push({ partition: owned.partition, offset: String(offset) });
    topics.set(owned.topic, entry);
  }
  return [...topics.values()];
}
