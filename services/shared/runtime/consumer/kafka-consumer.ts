import type { Consumer, Kafka } from 'kafkajs';
import { mendHeartbeats } from './steady-heartbeat';

export interface FetchSettings {
  readonly sessionTimeoutMs: number;
  readonly maxBytesPerPartition: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
}

export function createKafkaConsumer(
  kafka: Kafka,
  groupId: string,
  settings: FetchSettings,
): Consumer {
  mendHeartbeats();
  return kafka.consumer({
    groupId,
    sessionTimeout: settings.sessionTimeoutMs,
    rebalanceTimeout: Math.max(settings.sessionTimeoutMs, 30_000),
    heartbeatInterval: heartbeatMs(settings),
    maxBytesPerPartition: settings.maxBytesPerPartition,
    maxBytes: settings.maxBytes,
    minBytes: 1,
    maxWaitTimeInMs: settings.maxWaitMs,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 2000, retries: 6 },
  });
}

/** A third of the session, so that two may be lost. */
export function heartbeatMs({ sessionTimeoutMs }: Pick<FetchSettings, 'sessionTimeoutMs'>): number {
  return Math.min(3000, Math.floor(sessionTimeoutMs / 3));
}

/** The next fetch of the partition begins at this offset; what was fetched before is dropped. */
export function seekTo(
  consumer: Pick<Consumer, 'seek'>,
  { offset, ...place }: { topic: string; partition: number; offset: number },
): void {
  try {
    consumer.seek({ ...place, offset: String(offset) });
  } catch {
    // Thrown while kafkajs is between two lives of its consumer: the next join admits all of it again.
  }
}
