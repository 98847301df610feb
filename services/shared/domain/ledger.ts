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

/** What the events table holds of one source partition when only part of it is looked at. */
export interface PartitionRows extends PartitionName {
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

/** Rows of a source partition against its span. */
export interface SpanRows extends PartitionName {
  /** Distinct offsets within the span, voids included. */
  readonly offsets: number;
  /** Offsets within the span at which Kafka has no record (control batches). */
  readonly voids: number;
  /** Last offset within the span; null where there is none. */
  readonly lastOffset: number | null;
  /** Distinct offsets at or beyond the end: written since it was sampled, unless they are extra. */
  readonly ahead: number;
}

/** Counted records of a partition beyond the first of their (message id, content hash). */
export interface PartitionDoubles extends PartitionName {
  readonly doubled: number;
  /** The first of them. */
  readonly firstDoubled: number;
}

/** Offsets of a partition, from inclusive to exclusive. */
export interface OffsetRange extends PartitionName {
  readonly from: number;
  readonly to: number;
}

/** Where the log of a partition begins and ends: offsets of the first record and of the next. */
export interface PartitionLog extends PartitionName {
  readonly logStart: number;
  readonly logEnd: number;
}

export interface PartitionHole extends PartitionName {
  readonly offset: number;
}

/** Everything that the table has of a partition, against its span. */
export interface FoundRows extends SpanRows {
  /** Whether there is a span of this partition. */
  readonly isKnown: boolean;
  /** Distinct offsets before the first that counts. */
  readonly before: number;
  readonly lowest: number;
  readonly highest: number;
  /** The first of those at or beyond the end, at most 1,000. */
  readonly offsetsAhead: readonly number[];
}

/** What a comparison of rows and Kafka can find in a partition: `lost`: Kafka deleted the record before
 *  it had a row. `resent`: the record had no row, and was sent through again. The others are rows
 *  that stand for no record: beyond the end of the log, before its first offset, in a partition that
 *  there is not, or under the coordinates of another row. */
export const findingKinds = [
  'lost',
  'resent',
  'beyond_end',
  'before_first',
  'no_partition',
  'same_coordinates',
] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface Finding extends PartitionName {
  readonly kind: FindingKind;
  readonly records: number;
  /** The first of them. */
  readonly offset: number;
}

/** Whether the finding is of rows that should not be there. */
export function isExtra({ kind }: Pick<Finding, 'kind'>): boolean {
  return kind !== 'lost' && kind !== 'resent';
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
  readonly firstDoubled: number | null;
  /** Rows that stand for no record of Kafka, as the last comparison found them. */
  readonly extra: number;
  readonly firstExtra: number | null;
}

/** Every accepted record and what became of it. */
export interface Ledger {
  /** Null where only part is asked for: a lost record has no tenant and no time. */
  readonly accepted: number | null;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly reasons: readonly ReasonCount[];
  readonly unaccounted: number | null;
  readonly doubled: number;
  readonly extra: number;
  readonly topics: readonly PartitionCoverage[];
  /** What the last comparisons with Kafka found; none where only part is asked for. */
  readonly findings: readonly Finding[];
}

/** A whole ledger's, by partition. */
export interface Coverage {
  readonly spans: readonly PartitionSpan[];
  readonly rows: readonly SpanRows[];
  /** First missing offset of the partitions in `partitionsWithHoles`. */
  readonly holes: readonly PartitionHole[];
  readonly findings: readonly Finding[];
}

export interface LedgerParts {
  readonly reasons: readonly ReasonCount[];
  readonly doubles: readonly PartitionDoubles[];
  /** Of the whole ledger, or of the rows that were asked for. */
  readonly of: Coverage | readonly PartitionRows[];
}

/**
 * Puts the ledger together. `accepted` is measured apart from the rows, by Kafka's offsets; a row
 * beyond the sampled end, unless it is known to be extra, says that the end has moved on since.
 * Records that are still on their way count as unaccounted, so zero means that everything accepted
 * is also judged and written.
 */
export function ledgerOf({ reasons, doubles, of }: LedgerParts): Ledger {
  const shared = { outcomes: byOutcome(reasons), reasons };
  const doubled = doubles.reduce((total, one) => total + one.doubled, 0);
  if (!('spans' in of)) {
    const topics = of.map((row) => partly(row, doubles));
    return {
      ...shared,
      accepted: null,
      unaccounted: null,
      doubled,
      extra: 0,
      topics,
      findings: [],
    };
  }
  const topics = partitionsOf(of).map((span) => covered(span, of, doubles));
  const sum = (part: (topic: PartitionCoverage) => number) =>
    topics.reduce((total, topic) => total + part(topic), 0);
  const voids = of.rows.reduce((total, row) => total + row.voids, 0);
  return {
    ...shared,
    accepted: sum(recordsOf) - voids,
    unaccounted: sum(({ missing }) => missing ?? 0),
    doubled,
    extra: sum(({ extra }) => extra),
    topics,
    findings: of.findings,
  };
}

/** Partitions whose rows leave something out before the last of them, so that the first missing
 *  offset has to be looked up; where the rows just end early it is the next one. */
export function partitionsWithHoles(
  rows: readonly SpanRows[],
  spans: readonly PartitionSpan[],
): readonly PartitionSpan[] {
  const rowsAt = new Map(rows.map((row) => [nameOf(row), row]));
  return spans.filter((span) => {
    const row = rowsAt.get(nameOf(span));
    return row !== undefined && nextRow(row, span) - span.firstOffset > row.offsets;
  });
}

/** Every partition that Kafka knows of, and those that there only are rows of. */
function partitionsOf({ spans, findings }: Coverage): readonly PartitionSpan[] {
  const known = new Set(spans.map(nameOf));
  const others = new Map(
    findings.filter((finding) => !known.has(nameOf(finding))).map((one) => [nameOf(one), one]),
  );
  const empty = [...others.values()].map(({ topic, partition }) => ({
    ...{ topic, partition, firstOffset: 0, logEnd: 0 },
  }));
  return [...spans, ...empty];
}

function covered(
  span: PartitionSpan,
  { rows, holes, findings }: Coverage,
  doubles: readonly PartitionDoubles[],
): PartitionCoverage {
  const { topic, partition, firstOffset: first, logEnd } = span;
  const here = <T extends PartitionName>(all: readonly T[]) =>
    all.filter((one) => nameOf(one) === nameOf(span));
  const [row] = here(rows);
  const extras = here(findings).filter(isExtra);
  const isBeyond = ({ kind }: Finding) => kind === 'beyond_end' || kind === 'no_partition';
  const foreign = extras.filter(isBeyond).reduce((total, { records }) => total + records, 0);
  const end = logEnd + Math.max(0, (row?.ahead ?? 0) - foreign);
  const missing = Math.max(0, logEnd - first) - (row?.offsets ?? 0);
  const hole = here(holes)[0]?.offset ?? nextRow(row, span);
  return {
    ...{ topic, partition, first },
    last: end > first ? end - 1 : null,
    missing,
    firstMissing: missing > 0 ? hole : null,
    ...doubledAt(span, doubles),
    extra: extras.reduce((total, { records }) => total + records, 0),
    firstExtra: extras.length === 0 ? null : Math.min(...extras.map(({ offset }) => offset)),
  };
}

function nextRow(row: SpanRows | undefined, { firstOffset }: PartitionSpan): number {
  return row?.lastOffset == null ? firstOffset : row.lastOffset + 1;
}

/** What can be said of a partition when only some of its rows are looked at. */
function partly(row: PartitionRows, doubles: readonly PartitionDoubles[]): PartitionCoverage {
  const { topic, partition, firstOffset: first, lastOffset: last } = row;
  const unknown = { missing: null, firstMissing: null, extra: 0, firstExtra: null };
  return { topic, partition, first, last, ...unknown, ...doubledAt(row, doubles) };
}

function byOutcome(reasons: readonly ReasonCount[]): Record<Outcome, number> {
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0]));
  for (const { outcome, events } of reasons) counts[outcome] = (counts[outcome] ?? 0) + events;
  return counts as Record<Outcome, number>;
}

function recordsOf({ first, last }: PartitionCoverage): number {
  return last === null ? 0 : last + 1 - first;
}

function doubledAt(at: PartitionName, doubles: readonly PartitionDoubles[]) {
  const found = doubles.find((other) => nameOf(other) === nameOf(at));
  return { doubled: found?.doubled ?? 0, firstDoubled: found?.firstDoubled ?? null };
}

/** `topic/partition`. */
export function nameOf({ topic, partition }: PartitionName): string {
  return `${topic}/${partition}`;
}
