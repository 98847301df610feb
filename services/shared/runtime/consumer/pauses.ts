import type { Consumer } from 'kafkajs';
import { steadyClock } from '../clock';
import { type ServerName, serverNames } from '../errors';
import type { Metrics } from '../metrics';
import type { Assignment, OwnedPartition, Waiting } from './assignment';

export interface Pauses {
  /** Stops fetching of one partition for a reason, until `resume`. */
  wait(owned: OwnedPartition, reason: Waiting): void;
  resume(owned: OwnedPartition): void;
  /** Whole topics, whoever owns their partitions and after every rebalance. */
  pauseTopics(topics: readonly string[]): void;
  resumeTopics(topics: readonly string[]): void;
  /** Nothing is fetched any more. */
  pauseAll(): void;
  /** Tells kafkajs about partitions that have just been assigned. */
  apply(): void;
  isPaused(owned: OwnedPartition): boolean;
}

type Pausable = Pick<Consumer, 'pause' | 'resume'>;

/** What is paused, and why, is kept here and told to kafkajs partition by partition: kafkajs forgets
 *  that a topic is paused as soon as one of its partitions is paused by itself. */
export function createPauses(
  consumer: Pausable,
  assignment: Assignment,
  { group, metrics }: { readonly group: string; readonly metrics: Metrics },
): Pauses {
  const topicsPaused = new Set<string>();
  let everything = false;
  const isPaused = (one: OwnedPartition) =>
    everything || one.waiting !== null || topicsPaused.has(one.topic);

  function apply(): void {
    for (const one of assignment.all()) {
      tell(consumer, one, isPaused(one));
    }
    report(assignment.all(), topicsPaused, { group, metrics });
  }

  return {
    isPaused,
    apply,
    wait(owned, reason) {
      owned.waiting = reason;
      apply();
    },
    resume(owned) {
      owned.waiting = null;
      owned.movedAt = steadyClock.now();
      apply();
    },
    pauseTopics(topics) {
      for (const topic of topics) topicsPaused.add(topic);
      apply();
    },
    resumeTopics(topics) {
      for (const topic of topics) topicsPaused.delete(topic);
      for (const one of assignment.all())
        if (topics.includes(one.topic)) one.movedAt = steadyClock.now();
      apply();
    },
    pauseAll() {
      everything = true;
      apply();
    },
  };
}

function tell(consumer: Pausable, { topic, partition }: OwnedPartition, paused: boolean): void {
  const selection = [{ topic, partitions: [partition] }];
  try {
    if (paused) consumer.pause(selection);
    else consumer.resume(selection);
  } catch {
    // Thrown while kafkajs is between two lives of its consumer: the next join applies all of it.
  }
}

function report(
  owned: readonly OwnedPartition[],
  topicsPaused: ReadonlySet<string>,
  { group, metrics }: { readonly group: string; readonly metrics: Metrics },
): void {
  const reasons: readonly (ServerName | 'pacing')[] = [...serverNames, 'pacing'];
  for (const reason of reasons) {
    const waiting = owned.filter((one) =>
      reason === 'pacing' ? topicsPaused.has(one.topic) : one.waiting === reason,
    );
    metrics.set('tributary_consumer_paused', { group, reason }, waiting.length);
  }
}
