import type { Kafka } from 'kafkajs';
import type { ConsumerHandle } from './consumer';
import { messageOf } from './errors';
import { nothingCommitted } from './group-offsets';
import type { Log } from './log';
import type { Metrics } from './metrics';
import { groupOf, redisGroups, topicsOf } from './topics';

export interface StateReactionsOptions {
  readonly kafka: Kafka;
  readonly topicPrefix: string;
  readonly groupPrefix: string;
  /** Those whose effects are in Redis; read when it is needed, as they start after it is watched. */
  readonly consumers: readonly Pick<ConsumerHandle, 'startOver'>[];
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface StateReactions {
  /** TransientError where Kafka cannot be asked. */
  isNew(): Promise<boolean>;
  goBack(): Promise<void>;
  onLost(why: string | null): void;
  onIncomplete(error: unknown): void;
}

/** What every service that writes to Redis does about its state: whether an empty one may be a new
 *  one, what follows where it was started anew, and what is said where its state is lost. */
export function stateReactions(options: StateReactionsOptions): StateReactions {
  const { kafka, topicPrefix, groupPrefix, consumers, log, metrics } = options;
  const groups = redisGroups.map((group) => groupOf(group, groupPrefix));
  return {
    isNew: () => nothingCommitted(kafka, groups, Object.values(topicsOf(topicPrefix))),
    async goBack() {
      log.warn({}, 'Redis was started anew: what it may lack is repeated');
      await Promise.all(consumers.map((consumer) => consumer.startOver()));
    },
    onLost(why) {
      metrics.set('tributary_redis_state_lost', {}, why === null ? 0 : 1);
      if (why === null) log.info({}, 'Redis has its state again');
      else log.error({ why }, 'nothing is written there until Redis has its state again');
    },
    onIncomplete(error) {
      log.warn({ why: messageOf(error) }, 'what Redis may lack cannot be made good yet');
    },
  };
}
