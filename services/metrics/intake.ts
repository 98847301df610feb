import type { EventRow } from '../shared/domain/event-row';
import { FactRanges } from '../shared/domain/fact-ranges';
import type { Clock } from '../shared/runtime/clock';
import type { TransientError } from '../shared/runtime/errors';
import type { BatchEnd } from './stage';

/** Rows that will be inserted together. */
export interface RowBatch {
  readonly count: number;
  readonly bytes: number;
  /** Throws a RangeError, and stays as it was, where a row does not fit the table. */
  add(row: EventRow): void;
}

/** What is written in one insert: rows, where they will be found, and the ends of their batches. */
export interface Flush<Rows extends RowBatch = RowBatch> {
  readonly rows: Rows;
  readonly facts: FactRanges;
  readonly ends: ReadonlyMap<string, BatchEnd>;
  /** Rows that no table takes: to be written again as dead letters. */
  readonly unfit: readonly UnfitRow[];
}

export interface UnfitRow {
  readonly record: Buffer;
  readonly why: string;
}

export interface IntakeOptions<Rows extends RowBatch> {
  readonly begin: () => Rows;
  readonly clock: Clock;
  /** An insert has at least this many rows, unless its first has waited for `lingerMs`, or nothing
   *  came for `idleMs`. */
  readonly flushRows: number;
  readonly lingerMs: number;
  readonly idleMs: number;
  /** Room for rows that wait. */
  readonly maxRows: number;
  readonly maxBytes: number;
}

export interface Intake<Rows extends RowBatch> {
  add(rows: readonly EventRow[], end: BatchEnd): Promise<void>;
  /** Whether what waits should be written now. */
  isDue(): boolean;
  isEmpty(): boolean;
  /** Nothing has come for `idleMs`. */
  isIdle(): boolean;
  /** What waits, and makes room; null where nothing does. */
  take(): Flush<Rows> | null;
  /** While a reason is set, `add` rejects with it rather than wait: the consumer then shows what it
   *  waits for. Null: goes on. */
  block(reason: TransientError | null): void;
}

interface OpenFlush<Rows extends RowBatch> extends Flush<Rows> {
  readonly ends: Map<string, BatchEnd>;
  readonly unfit: UnfitRow[];
  readonly openedAt: number;
}

/** Rows of all partitions on their way to one insert: what costs is the number of inserts. */
export function createIntake<Rows extends RowBatch>(options: IntakeOptions<Rows>): Intake<Rows> {
  const { begin, clock } = options;
  let open: OpenFlush<Rows> | null = null;
  let lastAt = Number.NEGATIVE_INFINITY;
  let reason: TransientError | null = null;
  let waiting: (() => void)[] = [];

  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const go of woken) go();
  };
  const isFull = () =>
    open !== null && (open.rows.count >= options.maxRows || open.rows.bytes >= options.maxBytes);
  const isIdle = () => clock.now() - lastAt >= options.idleMs;

  return {
    async add(rows, end) {
      lastAt = clock.now();
      while (isFull()) {
        if (reason !== null) throw reason;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      open ??= {
        rows: begin(),
        facts: new FactRanges(),
        ends: new Map(),
        unfit: [],
        openedAt: lastAt,
      };
      for (const row of rows) addRow(open, row);
      open.ends.set(`${end.topic}/${end.partition}`, end);
      lastAt = clock.now();
    },
    isDue() {
      if (open === null) return false;
      const { rows, openedAt } = open;
      return (
        rows.count >= options.flushRows || clock.now() - openedAt >= options.lingerMs || isIdle()
      );
    },
    isEmpty: () => open === null,
    isIdle,
    take() {
      const taken = open;
      open = null;
      wake();
      return taken;
    },
    block(why) {
      reason = why;
      if (why !== null) wake();
    },
  };
}

function addRow({ rows, facts, unfit }: OpenFlush<RowBatch>, row: EventRow): void {
  try {
    rows.add(row);
    facts.add(row);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    unfit.push({ record: row.record, why: error.message });
  }
}
