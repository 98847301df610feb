import {
  type Finding,
  type FoundRows,
  findingKinds,
  isExtra,
  type Ledger,
  nameOf,
  type PartitionLog,
  type PartitionSpan,
} from '../shared/domain/ledger';
import type { Clock } from '../shared/runtime/clock';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';
import type { Gaps } from './gaps';
import type { Task } from './schedule';

export interface LedgerCheckDeps {
  /** Where the raw topics begin and end, and the review topic, whose dead letters have rows too. */
  readonly kafka: {
    logs(): Promise<readonly PartitionLog[]>;
    reviewLogs(): Promise<readonly PartitionLog[]>;
  };
  readonly table: {
    /** First offsets as written down, by partition. */
    spans(): Promise<readonly PartitionSpan[]>;
    rowsAgainst(spans: readonly PartitionSpan[]): Promise<readonly FoundRows[]>;
    /** Rows that stand under the coordinates of another one. */
    shared(): Promise<readonly Finding[]>;
    findings(): Promise<readonly Finding[]>;
    /** Replaces what was found of these partitions and kinds. */
    recordFindings(findings: readonly Finding[], foundAt: number): Promise<void>;
  };
  readonly gaps: Gaps;
  ledger(): Promise<Pick<Ledger, 'accepted' | 'unaccounted' | 'doubled' | 'topics'>>;
  readonly clock: Clock;
  readonly everyMs: number;
  readonly log: Pick<Log, 'error' | 'warn'>;
  readonly metrics: Pick<Metrics, 'set'>;
}

/** Compares every row with what Kafka says there is, mends what can be mended, and reports the rest. It
 *  reads the coordinates of every row, so its rests grow with its runs. */
export function ledgerCheckTask(deps: LedgerCheckDeps): Task {
  const { kafka, table, gaps, clock, everyMs, metrics } = deps;
  const restFactor = 20;
  let doubledBefore = 0;
  return {
    name: 'ledger',
    isDue: ({ now, endedAt, tookMs }) => now - endedAt >= Math.max(everyMs, restFactor * tookMs),
    async run() {
      const logs = await kafka.logs();
      const written = await table.spans();
      const spans = spansOf(logs, written);
      const extra = [...(await foreignRows(deps, logs, written)), ...(await table.shared())];
      const found = [...extra, ...(await gaps.mend(logs, spans))];
      await report(deps, found, clock.now());
      const { accepted, unaccounted, doubled, topics } = await deps.ledger();
      if (accepted !== null) metrics.set('tributary_accepted_events', {}, accepted);
      if (unaccounted !== null) metrics.set('tributary_unaccounted_events', {}, unaccounted);
      metrics.set('tributary_doubled_events', {}, doubled);
      if (doubled > doubledBefore) {
        const where = topics.filter((one) => one.doubled > 0);
        deps.log.error({ doubled, where }, 'a message is counted at more than one coordinate');
      }
      doubledBefore = doubled;
    },
  };
}

/** Rows for which there cannot be a record. */
async function foreignRows(
  { kafka, table }: LedgerCheckDeps,
  logs: readonly PartitionLog[],
  written: readonly PartitionSpan[],
): Promise<readonly Finding[]> {
  const all = async () => [...(await kafka.reviewLogs()), ...(await kafka.logs())];
  const review = await kafka.reviewLogs();
  const rows = await table.rowsAgainst(spansOf([...review, ...logs], written));
  // Asked for after the rows: what they may reach by now.
  const ends = rows.some(({ ahead }) => ahead > 0) ? await all() : [];
  const endAt = new Map(ends.map((one) => [nameOf(one), one.logEnd]));
  return rows.flatMap((row) => foreignOf(row, endAt.get(nameOf(row))));
}

function foreignOf(row: FoundRows, end: number | undefined): readonly Finding[] {
  const { topic, partition, lowest, before } = row;
  const at = { topic, partition };
  if (!row.isKnown && end === undefined) {
    const records = row.offsets + row.ahead + before;
    return [{ ...at, kind: 'no_partition', records, offset: lowest }];
  }
  const found: Finding[] = [];
  if (before > 0) found.push({ ...at, kind: 'before_first', records: before, offset: lowest });
  const beyond = [...new Set([...row.offsetsAhead, row.highest])]
    .filter((offset) => end !== undefined && offset >= end)
    .sort((a, b) => a - b);
  const [offset] = beyond;
  if (offset !== undefined) {
    found.push({ ...at, kind: 'beyond_end', records: beyond.length, offset });
  }
  return found;
}

/** Each log, from the offset that was written down for it. */
function spansOf(
  logs: readonly PartitionLog[],
  written: readonly PartitionSpan[],
): readonly PartitionSpan[] {
  const firsts = new Map(written.map((span) => [nameOf(span), span.firstOffset]));
  return logs.map((one) => {
    const { topic, partition, logEnd } = one;
    return { topic, partition, firstOffset: firsts.get(nameOf(one)) ?? 0, logEnd };
  });
}

/** Says what is new, and writes down all of it; what is no longer so is written down as 0 records. */
async function report(
  { table, log, metrics }: LedgerCheckDeps,
  found: readonly Finding[],
  now: number,
): Promise<void> {
  const before = await table.findings();
  const keyOf = (one: Finding) => `${one.kind} ${nameOf(one)}`;
  const isSame = (one: Finding, other: Finding) =>
    keyOf(one) === keyOf(other) && one.records === other.records && one.offset === other.offset;
  const fresh = found.filter((one) => !before.some((other) => isSame(one, other)));
  const kinds = new Set(found.map(keyOf));
  const gone = before
    .filter((one) => one.kind !== 'resent' && !kinds.has(keyOf(one)))
    .map((one) => ({ ...one, records: 0 }));
  for (const one of fresh.filter(({ kind }) => kind !== 'resent')) log.error(one, said(one));
  if (fresh.length + gone.length > 0) await table.recordFindings([...fresh, ...gone], now);
  for (const kind of findingKinds.filter((one) => one !== 'resent')) {
    const records = found.reduce((sum, one) => sum + (one.kind === kind ? one.records : 0), 0);
    metrics.set('tributary_ledger_findings', { kind }, records);
  }
}

function said(finding: Finding): string {
  return isExtra(finding)
    ? 'rows that stand for no record of Kafka: find out who wrote them, and delete them'
    : 'accepted records were deleted by Kafka before they had a row';
}
