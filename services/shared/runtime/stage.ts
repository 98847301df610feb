/** One record of a topic as it was fetched. */
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

/** Records of one partition, in order of offset, at least one. */
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
