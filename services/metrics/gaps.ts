import {
  type Finding,
  type FoundRows,
  nameOf,
  type OffsetRange,
  type PartitionLog,
  type PartitionSpan,
} from '../shared/domain/ledger';
import type { Clock } from '../shared/runtime/clock';
import type { Offsets } from '../shared/runtime/group-offsets';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';
import type { SourceRecord } from '../shared/runtime/stage';
import type { Settled } from './settled';

export interface GapsDeps {
  readonly table: {
    rowsAgainst(spans: readonly PartitionSpan[]): Promise<readonly FoundRows[]>;
    /** Offsets without a row, in order, at most so many ranges of them. */
    missing(range: OffsetRange, most: number): Promise<readonly OffsetRange[]>;
    /** Writes down that Kafka has no records there. Idempotent. */
    writeVoids(ranges: readonly OffsetRange[]): Promise<void>;
  };
  readonly settled: Settled;
  /** What Kafka has at offsets within its log; leaves out what it could not tell. */
  lookUp(ranges: readonly OffsetRange[]): Promise<{
    readonly records: readonly SourceRecord[];
    readonly voids: readonly OffsetRange[];
  }>;
  /** Hands the record to the cleaner once more. Idempotent: it keeps its coordinates and its claim. */
  resend(record: SourceRecord): Promise<void>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error' | 'warn'>;
  readonly metrics: Pick<Metrics, 'count'>;
}

export interface Gaps {
  /** Looks up what has no row and should have one, and mends what can be mended. */
  mend(logs: readonly PartitionLog[], spans: readonly PartitionSpan[]): Promise<readonly Finding[]>;
}

/** Of one partition in one run: what is left is for the next. */
const most = { ranges: 100, offsets: 1000 };
/** A record that was sent again is given this long to get its row. */
const patienceMs = 60_000;

/** Offsets without a row that are not on their way: void where Kafka has no record there, sent through
 *  again where it has one, lost where it has deleted it. */
export function createGaps(deps: GapsDeps): Gaps {
  const { table, settled, clock, log, metrics } = deps;
  const resentAt = new Map<string, number>();
  const quiet = createQuiet();

  async function resend(records: readonly SourceRecord[]): Promise<readonly Finding[]> {
    const now = clock.now();
    for (const [where, at] of resentAt) if (now - at > patienceMs) resentAt.delete(where);
    const due = records.filter((record) => !resentAt.has(`${nameOf(record)}/${record.offset}`));
    for (const record of due) {
      const { topic, partition, offset } = record;
      await deps.resend(record);
      resentAt.set(`${nameOf(record)}/${offset}`, now);
      log.warn({ topic, partition, offset }, 'an accepted record had no row: sent through again');
    }
    metrics.count('tributary_ledger_mended_total', { by: 'resent' }, due.length);
    return byPartition('resent', due);
  }

  return {
    async mend(logs, spans) {
      const passed = await settled.look();
      const tails = quiet.tails(logs, passed);
      const open = await openRanges(deps, settledSpans(spans, passed));
      const starts = new Map(logs.map((one) => [nameOf(one), one.logStart]));
      const startOf = (range: OffsetRange) => starts.get(nameOf(range)) ?? 0;
      const lost = open.flatMap((range) => cut(range, 0, startOf(range)));
      const there = open.flatMap((range) => cut(range, startOf(range), Number.POSITIVE_INFINITY));
      const ends = (await Promise.all(tails.map((tail) => table.missing(tail, 1)))).flat();
      const { records, voids } = await deps.lookUp([...bounded(there), ...bounded(ends)]);
      if (voids.length > 0) await table.writeVoids(voids);
      quiet.looked(tails);
      metrics.count('tributary_ledger_mended_total', { by: 'void' }, lengthOf(voids));
      const isSettled = (one: SourceRecord) => one.offset < (passed.get(nameOf(one)) ?? 0);
      const resent = await resend(records.filter(isSettled));
      return [...lostFindings(lost), ...resent];
    },
  };
}

/** Settled offsets without a row. */
async function openRanges(
  { table }: GapsDeps,
  spans: readonly PartitionSpan[],
): Promise<readonly OffsetRange[]> {
  const rows = new Map((await table.rowsAgainst(spans)).map((row) => [nameOf(row), row]));
  const incomplete = spans.filter(
    (span) => (rows.get(nameOf(span))?.offsets ?? 0) < span.logEnd - span.firstOffset,
  );
  const found = incomplete.map(({ topic, partition, firstOffset: from, logEnd: to }) =>
    table.missing({ topic, partition, from, to }, most.ranges),
  );
  return (await Promise.all(found)).flat();
}

function settledSpans(spans: readonly PartitionSpan[], passed: Offsets): readonly PartitionSpan[] {
  return spans.map((span) => ({
    ...span,
    logEnd: Math.max(span.firstOffset, passed.get(nameOf(span)) ?? 0),
  }));
}

/** Partitions in which nothing moves. A group commits no control batch at the end of a log, so there
 *  the last offsets would have no row until the next record comes. */
function createQuiet() {
  let before = new Map<string, string>();
  const looked = new Map<string, string>();
  const stateOf = ({ from, to }: OffsetRange) => `${from} to ${to}`;
  return {
    /** What is beyond the settled records, where that is what it was the last time. */
    tails(logs: readonly PartitionLog[], passed: Offsets): readonly OffsetRange[] {
      const all = logs.flatMap(({ topic, partition, logStart, logEnd: to }) => {
        const settled = passed.get(nameOf({ topic, partition }));
        const from = Math.max(logStart, settled ?? to);
        return from < to ? [{ topic, partition, from, to }] : [];
      });
      const stand = all.filter((tail) => {
        const [name, state] = [nameOf(tail), stateOf(tail)];
        return before.get(name) === state && looked.get(name) !== state;
      });
      before = new Map(all.map((tail) => [nameOf(tail), stateOf(tail)]));
      return stand;
    },
    /** Once is enough, until something moves. */
    looked(tails: readonly OffsetRange[]): void {
      for (const tail of tails) looked.set(nameOf(tail), stateOf(tail));
    },
  };
}

function bounded(ranges: readonly OffsetRange[]): readonly OffsetRange[] {
  const left = new Map<string, number>();
  return ranges.flatMap((range) => {
    const room = left.get(nameOf(range)) ?? most.offsets;
    const to = Math.min(range.to, range.from + room);
    left.set(nameOf(range), room - (to - range.from));
    return to > range.from ? [{ ...range, to }] : [];
  });
}

function cut(range: OffsetRange, from: number, to: number): readonly OffsetRange[] {
  const part = { ...range, from: Math.max(range.from, from), to: Math.min(range.to, to) };
  return part.to > part.from ? [part] : [];
}

function lengthOf(ranges: readonly OffsetRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

function lostFindings(ranges: readonly OffsetRange[]): readonly Finding[] {
  const names = new Set(ranges.map(nameOf));
  return [...names].map((name) => {
    const here = ranges.filter((range) => nameOf(range) === name);
    const { topic, partition, from: offset } = here[0] as OffsetRange;
    return { topic, partition, kind: 'lost', records: lengthOf(here), offset };
  });
}

function byPartition(kind: 'resent', records: readonly SourceRecord[]): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const { topic, partition, offset } of records) {
    const name = nameOf({ topic, partition });
    const known = found.get(name) ?? { topic, partition, kind, records: 0, offset };
    found.set(name, { ...known, records: known.records + 1 });
  }
  return [...found.values()];
}
