import type { Log } from '../log';
import type { Metrics } from '../metrics';
import { retry } from '../retry';
import type { Admission } from './admission';
import type { Assignment, OwnedPartition, TopicPartitions } from './assignment';
import type { Commits } from './commits';
import { forgetLag } from './lag';
import type { Pauses } from './pauses';

export interface Membership {
  /** The group was joined: what is assigned now takes the place of what was. Synchronous up to the
   *  pausing of all of it, so that kafkajs fetches nothing before the offsets are found sound. */
  joined(assigned: TopicPartitions): void;
  thrownOut(): void;
  /** Every partition is taken up again from where it is admitted; what is in a stage now is stale.
   *  Resolves when nothing is left in a stage, and before anything is read again. */
  startOver(): Promise<void>;
  onLost(callback: (topic: string, partition: number) => void): void;
  hasJoined(): boolean;
}

export interface MembershipOptions {
  readonly group: string;
  readonly assignment: Assignment;
  readonly admission: Admission;
  readonly pauses: Pauses;
  /** Tells kafkajs where to fetch a partition from. */
  readonly seek: (topic: string, partition: number, offset: number) => void;
  /** Resolves when no stage runs. */
  readonly drained: () => Promise<void>;
  readonly commits: Commits;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** Aborted when the consumer stops. */
  readonly signal: AbortSignal;
  readonly onFatal: (error: Error) => void;
  readonly log: Log;
  readonly metrics: Metrics;
}

export function createMembership(options: MembershipOptions): Membership {
  const { group, assignment, pauses, commits, metrics } = options;
  const callbacks: ((topic: string, partition: number) => void)[] = [];
  let hasJoined = false;

  function tellLost(lost: readonly OwnedPartition[]): void {
    for (const gone of lost) {
      forgetLag(gone, metrics);
      for (const callback of callbacks) callback(gone.topic, gone.partition);
    }
    metrics.set('tributary_consumer_partitions', { group }, assignment.all().length);
  }

  return {
    joined(assigned) {
      hasJoined = true;
      commits.use(null);
      tellLost(assignment.replace(assigned));
      pauses.apply();
      metrics.count('tributary_consumer_rebalances_total', { group });
      void admit(assignment.all(), { ...options, isAgain: false });
    },
    thrownOut: () => tellLost(assignment.clear()),
    async startOver() {
      assignment.renew();
      const renewed = assignment.all();
      pauses.apply();
      await options.drained();
      void admit(renewed, { ...options, isAgain: true });
    },
    onLost: (callback) => callbacks.push(callback),
    hasJoined: () => hasJoined,
  };
}

/** Lets fetching begin once each partition's offset is found sound; for as long as Kafka cannot be
 *  asked, nothing is fetched. */
async function admit(
  assigned: readonly OwnedPartition[],
  options: MembershipOptions & { readonly isAgain: boolean },
): Promise<void> {
  const { assignment, admission, pauses, log, signal, isAgain } = options;
  const current = () => assigned.filter((one) => assignment.isCurrent(one));
  try {
    await retry(() => admission.admit(current()), {
      attempts: Number.POSITIVE_INFINITY,
      baseMs: options.retryBaseMs,
      maxMs: options.retryMaxMs,
      signal,
      onRetry: (error) => log.warn({ why: error.message }, 'offsets cannot be looked at yet'),
    });
    for (const one of current()) {
      if (isAgain || (one.position ?? 0) < one.committed) begin(one, options);
      pauses.resume(one);
    }
  } catch (error) {
    if (!signal.aborted) options.onFatal(error instanceof Error ? error : new Error(String(error)));
  }
}

/** kafkajs would go on from where it is, or from what is committed. */
function begin(one: OwnedPartition, { seek, log }: MembershipOptions): void {
  const { topic, partition, committed, position } = one;
  if (position === null) return;
  if (position < committed) {
    const fields = { topic, partition, committed, from: position };
    log.warn(fields, 'records are repeated whose effects are not on record any more');
  }
  one.soughtTo = position;
  seek(topic, partition, position);
}
