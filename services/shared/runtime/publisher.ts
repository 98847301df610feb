import type { Kafka } from 'kafkajs';
import type { Metrics } from './metrics';

export interface OutgoingMessage {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
}

export interface Publisher {
  /** Resolves when all replicas acknowledged every message, in order. TransientError: some or all
   *  may not be there; send the same again. */
  publish(topic: string, partition: number, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Connects; called by the first `publish` otherwise. TransientError when no broker answers. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface PublisherOptions {
  readonly kafka: Kafka;
  readonly metrics?: Metrics;
  /** Most message bytes in one request; below the broker's message.max.bytes. */
  readonly maxRequestBytes?: number;
  /** How long one acknowledgement may take. */
  readonly timeoutMs?: number;
}

/** One topic-partition a request, one request in flight a partition. */
export function createPublisher(options: PublisherOptions): Publisher {
  throw new Error(`being written ${String(options.timeoutMs)}`);
}

/** The partition of a key: Kafka's murmur2, as the Java client does. */
export function partitionOf(key: Buffer | string, partitions: number): number {
  throw new Error(`being written ${String(key)} ${partitions}`);
}
