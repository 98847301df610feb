import type { Kafka } from 'kafkajs';
import type { Check } from './health';
import type { Log } from './log';
import type { Metrics } from './metrics';

export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The broker's append time, milliseconds UTC. */
  readonly appendedAt: number;
  /** Slices of the fetched bytes: copy what outlives the batch. */
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly SourceRecord[];
  /** Keeps the group membership; the consumer also does so by itself while a stage runs. */
  heartbeat(): Promise<void>;
  /** The partition was lost since this batch was fetched: its offsets will not be committed. */
  isStale(): boolean;
}

/** One function from a batch to its effects. Resolved: the batch may be committed. TransientError:
 *  the same batch comes again after a pause. Anything else ends the process. */
export type Stage = (batch: RecordBatch) => Promise<void>;

export interface ConsumerSettings {
  readonly sessionTimeoutMs: number;
  readonly partitionsAtOnce: number;
  readonly maxBytesPerPartition: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly commitEveryMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  readonly stuckAfterMs: number;
}

export interface ConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly stage: Stage;
  readonly settings: ConsumerSettings;
  readonly log: Log;
  readonly metrics: Metrics;
  /** 'processed' (default): a batch is committed once its stage resolved. 'marked': offsets are
   *  committed only as far as `mark` says. */
  readonly commit?: 'processed' | 'marked';
  /** Whether effects of this partition are on record although its offset is not: asked where the
   *  group has no committed offset, and a yes is fatal. */
  readonly known?: (topic: string, partition: number) => Promise<boolean>;
  /** What a fault that must not be skipped does; by default it is logged and the process exits 1. */
  readonly onFatal?: (error: Error) => void;
}

export interface ConsumerHandle {
  /** Offsets below `nextOffset` may be committed (commit 'marked' only). */
  mark(topic: string, partition: number, nextOffset: number): void;
  /** Stops, and takes up again, fetching whole topics. */
  pause(topics: readonly string[]): void;
  resume(topics: readonly string[]): void;
  /** Takes no further batch, lets running stages finish, commits, leaves the group. */
  stop(): Promise<void>;
  /** Not crashed, and every partition with records to read moved within `stuckAfterMs`. */
  live(): Check;
  /** The group has been joined. */
  ready(): Check;
  /** Called for each partition that this process no longer owns, before any other batch of it. */
  onLost(callback: (topic: string, partition: number) => void): void;
}

/** Resolves once the consumer has joined its group. */
export async function startConsumer(options: ConsumerOptions): Promise<ConsumerHandle> {
  throw new Error(`being written ${options.groupId}`);
}
