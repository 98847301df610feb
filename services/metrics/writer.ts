import type { FactRanges } from '../shared/domain/fact-ranges';
import type { JudgedEvent } from '../shared/domain/outcome';
import type { Codec } from '../shared/runtime/codec';
import { FatalError } from '../shared/runtime/errors';
import type { Metrics } from '../shared/runtime/metrics';
import type { StepTimer } from '../shared/runtime/steps';
import type { Flush, Intake, RowBatch, UnfitRow } from './intake';
import type { Progress } from './progress';

export interface WriterDeps<Rows extends RowBatch> {
  readonly intake: Pick<Intake<Rows>, 'take' | 'isDue' | 'isEmpty'>;
  readonly events: {
    /** Resolves when all rows are written but those it answers with, which the server refuses by
     *  themselves. Idempotent by (coordinates, version). */
    insert(rows: Rows): Promise<readonly UnfitRow[]>;
  };
  readonly deadLetters: {
    /** Resolves when all replicas have it. */
    publish(letter: JudgedEvent): Promise<void>;
  };
  readonly codec: Pick<Codec<JudgedEvent>, 'decode'>;
  readonly progress: Pick<Progress, 'acknowledged'>;
  /** Told what was written, for the windows it touches. */
  readonly onWritten: (facts: FactRanges, insert: number) => void;
  readonly timed: StepTimer;
  readonly metrics: Pick<Metrics, 'count'>;
}

export interface Writer {
  /** Writes what the intake holds. A call that rejected is taken up where it failed by the next one,
   *  which writes the same rows again. Not to be called while one is running. */
  write(): Promise<void>;
  isDue(): boolean;
  /** Nothing is left to write. */
  isDone(): boolean;
}

export function createWriter<Rows extends RowBatch>(deps: WriterDeps<Rows>): Writer {
  const { intake, events, progress, onWritten, timed, metrics } = deps;
  let current: Flush<Rows> | null = null;
  return {
    isDue: () => current !== null || intake.isDue(),
    isDone: () => current === null && intake.isEmpty(),
    async write() {
      current ??= intake.take();
      if (current === null) return;
      const { rows, facts, unfit, ends } = current;
      const refused = await timed('insert', () => events.insert(rows));
      for (const row of [...unfit, ...refused]) await bury(row, deps);
      current = null;
      const inserted = rows.count - refused.length;
      metrics.count('tributary_rows_inserted_total', { table: 'events' }, inserted);
      onWritten(facts, progress.acknowledged(ends.values()));
    },
  };
}

/** A row that no table takes goes back as a dead letter of the same coordinates, so that the ledger
 *  has it; its bytes are kept. A dead letter that is refused itself could go round for ever. */
async function bury<Rows extends RowBatch>(
  { record, why }: UnfitRow,
  { codec, deadLetters, metrics }: WriterDeps<Rows>,
): Promise<void> {
  const decoded = codec.decode(record);
  if (!decoded.ok || decoded.value.event === null) {
    const what = decoded.ok ? JSON.stringify(decoded.value.source) : decoded.message;
    throw new FatalError(
      `ClickHouse refuses the row of a dead letter (${what}): ${why}. Compare the table events with ` +
        'schemas/clickhouse, mend it, and start again. Nothing is lost.',
    );
  }
  const verdict = { outcome: 'dead', reason: 'row_refused', evidence: why } as const;
  const rest = { heldBy: null, event: null, undecoded: record };
  await deadLetters.publish({ ...decoded.value, ...verdict, ...rest });
  metrics.count('tributary_rows_refused_total', { table: 'events' });
}
