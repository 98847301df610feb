import { type EventRow, eventRow } from '../shared/domain/event-row';
import type { JudgedEvent } from '../shared/domain/outcome';
import type { Codec, Decoded } from '../shared/runtime/codec';
import { FatalError } from '../shared/runtime/errors';
import type { SourceRecord, Stage } from '../shared/runtime/stage';
import type { StepTimer } from '../shared/runtime/steps';

/** README.md says what happens when a server is down. */
export interface MetricsStageDeps {
  readonly codec: Pick<Codec<JudgedEvent>, 'prepare' | 'decode'>;
  readonly intake: {
    /** Takes the rows of a batch, all or none, and where the batch ends. Waits while it is full. */
    add(rows: readonly EventRow[], end: BatchEnd): Promise<void>;
  };
  readonly timed: StepTimer;
}

export interface BatchEnd {
  readonly topic: string;
  readonly partition: number;
  /** The offset after the batch's last record. */
  readonly nextOffset: number;
}

/**
 * Clean, rejected and dead-letter records in; rows of the ledger, waiting to be written, out. It
 * resolves before they are: offsets are committed only as far as they are marked, which happens when
 * the rows are acknowledged and the windows they touch recomputed.
 */
export function createMetricsStage({ codec, intake, timed }: MetricsStageDeps): Stage {
  return async function take({ topic, partition, records }) {
    await timed('prepare', () => codec.prepare(records.map(({ value }) => value)));
    const rows = await timed('decode', () =>
      records.map((record) => rowOf(record, codec.decode(record.value))),
    );
    const nextOffset = (records.at(-1)?.offset ?? -1) + 1;
    await timed('wait', () => intake.add(rows, { topic, partition, nextOffset }));
  };
}

/** These topics are written by the cleaner and this service alone, so a record that cannot be read is
 *  a fault of ours, and skipping it would lose an event: FatalError. */
function rowOf(record: SourceRecord, decoded: Decoded<JudgedEvent>): EventRow {
  if (decoded.ok) return eventRow(decoded.value, record.value ?? Buffer.alloc(0));
  const { topic, partition, offset } = record;
  throw new FatalError(
    `record ${topic}/${partition}/${offset} cannot be read: ${decoded.message}. Run the version of ` +
      'metrics that belongs to the cleaner, or a later one; if something else wrote to this topic, ' +
      'set the offset of the group behind it.',
  );
}
