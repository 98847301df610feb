import { type Outcome, outcomes } from './outcome';

/** Records of one outcome for one reason. */
export interface ReasonCount {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly events: number;
}

export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

/** What the events table holds of one source partition. */
export interface PartitionRows extends PartitionName {
  /** Distinct offsets, voids included. */
  readonly offsets: number;
  /** Offsets at which Kafka has no record (control batches). */
  readonly voids: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/** What Kafka says of one source partition. */
export interface PartitionSpan extends PartitionName {
  /** Written down at set-up; 0 for a partition that came later. */
  readonly firstOffset: number;
  /** One past the last record, when it was last sampled. */
  readonly logEnd: number;
}

/** Counted records of a partition beyond the first of their (message id, content hash). */
export interface PartitionDoubles extends PartitionName {
  readonly doubled: number;
}

export interface PartitionHole extends PartitionName {
  readonly offset: number;
}

export interface PartitionCoverage extends PartitionName {
  readonly first: number;
  /** Null where the partition holds no record. */
  readonly last: number | null;
  /** Accepted offsets without a row; null where only part of the ledger is asked for. */
  readonly missing: number | null;
  readonly firstMissing: number | null;
  /** Counted records whose (message id, content hash) is counted at another coordinate too. */
  readonly doubled: number;
}

/** Every accepted record and what became of it. */
export interface Ledger {
  /** Null where only part is asked for: a lost record has no tenant and no time. */
  readonly accepted: number | null;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly reasons: readonly ReasonCount[];
  readonly unaccounted: number | null;
  readonly doubled: number;
  readonly topics: readonly PartitionCoverage[];
}

export interface LedgerParts {
  readonly reasons: readonly ReasonCount[];
  readonly rows: readonly PartitionRows[];
  /** Null where the rows are only part of the ledger. */
  readonly spans: readonly PartitionSpan[] | null;
  readonly doubles: readonly PartitionDoubles[];
  /** First missing offset of the partitions in `partitionsWithHoles`. */
  readonly holes: readonly PartitionHole[];
}

/**
 * Puts the ledger together. `accepted` is measured apart from the rows, by Kafka's offsets; a row
 * beyond the sampled end proves that the end has moved on since. Records that are still on their way
 * count as unaccounted, so zero means that everything accepted is also judged and written.
 */
export function ledgerOf(parts: LedgerParts): Ledger {
  const { reasons, rows, spans, doubles } = parts;
  const topics = spans === null ? rows.map((row) => partly(row, doubles)) : whole(parts, spans);
  const sum = (of: (topic: PartitionCoverage) => number) =>
    topics.reduce((total, topic) => total + of(topic), 0);
  const voids = rows.reduce((total, row) => total + row.voids, 0);
  return {
    accepted: spans === null ? null : sum(recordsOf) - voids,
    outcomes: byOutcome(reasons),
    reasons,
    unaccounted: spans === null ? null : sum(({ missing }) => missing ?? 0),
    doubled: doubles.reduce((total, { doubled }) => total + doubled, 0),
    topics,
  };
}

/** Partitions whose rows leave something out before the last of them, so that the first missing
 *  offset has to be looked up; where the rows just end early it is the next one. */
export function partitionsWithHoles(
  rows: readonly PartitionRows[],
  spans: readonly PartitionSpan[],
): readonly PartitionSpan[] {
  const spanAt = new Map(spans.map((span) => [nameOf(span), span]));
  return rows.flatMap((row) => {
    const span = spanAt.get(nameOf(row)) ?? laterPartition(row);
    return row.lastOffset + 1 - span.firstOffset > row.offsets ? [span] : [];
  });
}

/** Coverage of every partition that Kafka or the table knows of. */
function whole(parts: LedgerParts, spans: readonly PartitionSpan[]): readonly PartitionCoverage[] {
  const rowsAt = new Map(parts.rows.map((row) => [nameOf(row), row]));
  const known = new Set(spans.map(nameOf));
  const later = parts.rows.filter((row) => !known.has(nameOf(row))).map(laterPartition);
  return [...spans, ...later].map((span) => {
    const { topic, partition, firstOffset: first, logEnd } = span;
    const row = rowsAt.get(nameOf(span));
    const nextRow = row === undefined ? first : row.lastOffset + 1;
    const end = Math.max(logEnd, nextRow);
    const missing = end - first - (row?.offsets ?? 0);
    const hole = parts.holes.find((other) => nameOf(other) === nameOf(span))?.offset ?? nextRow;
    return {
      topic,
      partition,
      first,
      last: end > first ? end - 1 : null,
      missing,
      firstMissing: missing > 0 ? hole : null,
      doubled: doubledAt(span, parts.doubles),
    };
  });
}

/** What can be said of a partition when only some of its rows are looked at. */
function partly(row: PartitionRows, doubles: readonly PartitionDoubles[]): PartitionCoverage {
  const { topic, partition, firstOffset: first, lastOffset: last } = row;
  const doubled = doubledAt(row, doubles);
  return { topic, partition, first, last, missing: null, firstMissing: null, doubled };
}

function byOutcome(reasons: readonly ReasonCount[]): Record<Outcome, number> {
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0]));
  for (const { outcome, events } of reasons) counts[outcome] = (counts[outcome] ?? 0) + events;
  return counts as Record<Outcome, number>;
}

function laterPartition({ topic, partition }: PartitionName): PartitionSpan {
  return { topic, partition, firstOffset: 0, logEnd: 0 };
}

function recordsOf({ first, last }: PartitionCoverage): number {
  return last === null ? 0 : last + 1 - first;
}

function doubledAt(at: PartitionName, doubles: readonly PartitionDoubles[]): number {
  return doubles.find((other) => nameOf(other) === nameOf(at))?.doubled ?? 0;
}

function nameOf({ topic, partition }: PartitionName): string {
  return `${topic}/${partition}`;
}
