import { type EventRow, eventRow } from '../shared/domain/event-row';
import type { JudgedEvent } from '../shared/domain/outcome';
import { createReadCleaned } from '../shared/runtime/cleaned-record';
import type { Codec } from '../shared/runtime/codec';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';
import type { Stage } from '../shared/runtime/stage';
import type { StepTimer } from '../shared/runtime/steps';

/** README.md says what happens when a server is down. */
export interface MetricsStageDeps {
  readonly codec: Pick<Codec<JudgedEvent>, 'prepare' | 'decode'>;
  readonly intake: {
    /** Takes the rows of a batch, all or none, and where the batch ends. Waits while it is full. */
    add(rows: readonly EventRow[], end: BatchEnd): Promise<void>;
  };
  /** Topics whose records the cleaner judges: the raw ones, and the review topic. */
  readonly sources: readonly string[];
  readonly timed: StepTimer;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly log: Pick<Log, 'error'>;
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
export function createMetricsStage(deps: MetricsStageDeps): Stage {
  const { codec, intake, timed, metrics, log } = deps;
  const read = createReadCleaned({ sources: new Set(deps.sources), metrics, log });
  return async function take({ topic, partition, records }) {
    await timed('prepare', () => codec.prepare(records.map(({ value }) => value)));
    const rows = await timed('decode', () =>
      records.flatMap((record) => {
        const judged = read(record, codec.decode(record.value));
        return judged === null ? [] : [eventRow(judged, record.value ?? Buffer.alloc(0))];
      }),
    );
    const nextOffset = (records.at(-1)?.offset ?? -1) + 1;
    await timed('wait', () => intake.add(rows, { topic, partition, nextOffset }));
  };
}
