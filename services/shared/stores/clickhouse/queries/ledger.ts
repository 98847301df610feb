import {
  type Finding,
  type FindingKind,
  type Ledger,
  ledgerOf,
  type PartitionDoubles,
  type PartitionName,
  type PartitionRows,
  type PartitionSpan,
  partitionsWithHoles,
  type ReasonCount,
} from '../../../domain/ledger';
import type { Outcome } from '../../../domain/outcome';
import type { ClickHouse, QueryParameters } from '../client';
import { missingRanges, rowsAgainst } from './ledger-rows';
import { ask, askOne, type Query, type RawRow } from './query';

/** Append time, from inclusive to exclusive, milliseconds UTC; null: no bound, every tenant. */
export interface LedgerFilter {
  readonly tenant: string | null;
  readonly from: number | null;
  readonly to: number | null;
}

/** Reads the ledger; what is missing and what was accepted only where all of it is asked for. */
export async function readLedger(clickhouse: ClickHouse, filter: LedgerFilter): Promise<Ledger> {
  const isWhole = filter.tenant === null && filter.from === null && filter.to === null;
  const [of, reasons, maybe] = await Promise.all([
    isWhole ? readCoverage(clickhouse) : ask(clickhouse, rowsByPartition(filter)),
    ask(clickhouse, outcomesByReason(filter)),
    askOne(clickhouse, mayBeDoubled(filter)),
  ]);
  const doubles = maybe ? await ask(clickhouse, doubledByPartition(filter)) : [];
  return ledgerOf({ reasons, doubles, of });
}

/** Rows against what was last sampled of Kafka. Ends before rows: a record that arrives in between is
 *  then no record without a row. */
async function readCoverage(clickhouse: ClickHouse) {
  const spans = await ask(clickhouse, partitionSpans);
  const [rows, findings] = await Promise.all([
    ask(clickhouse, rowsAgainst(spans)),
    ask(clickhouse, lastFindings),
  ]);
  const holes = await Promise.all(
    partitionsWithHoles(rows, spans).map(async (span) => {
      const { topic, partition, firstOffset: from, logEnd: to } = span;
      const range = { topic, partition, from, to };
      const [first] = await ask(clickhouse, missingRanges(range, 1));
      return { topic, partition, offset: first?.from ?? from };
    }),
  );
  return { spans, rows, holes, findings };
}

/** Records by what became of them. */
export function outcomesByReason(filter: LedgerFilter): Query<ReasonCount> {
  return {
    sql: `SELECT outcome, reason, count() AS events
  FROM events FINAL
 WHERE ${conditions(filter)} AND outcome != 'void'
 GROUP BY outcome, reason
 ORDER BY outcome, reason`,
    params: parametersOf(filter),
    parseRow: (raw) => ({
      outcome: String(raw.outcome) as Outcome,
      reason: String(raw.reason),
      events: Number(raw.events),
    }),
  };
}

/** Partitions that these rows are from. */
export function rowsByPartition(filter: LedgerFilter): Query<PartitionRows> {
  return {
    sql: `SELECT topic, partition, min(offset) AS firstOffset, max(offset) AS lastOffset
  FROM events
 WHERE ${conditions(filter)}
 GROUP BY topic, partition
 ORDER BY topic, partition`,
    params: parametersOf(filter),
    parseRow: (raw) => ({
      ...partitionNameOf(raw),
      firstOffset: Number(raw.firstOffset),
      lastOffset: Number(raw.lastOffset),
    }),
  };
}

/** First offsets as written down at set-up (0 for partitions that came later), with the last sampled
 *  log ends. */
export const partitionSpans: Query<PartitionSpan> = {
  sql: `SELECT topic, partition, firstOffset, logEnd
  FROM (SELECT topic, partition, firstOffset FROM topic_starts FINAL) AS starts
  FULL JOIN (SELECT topic, partition, logEnd FROM topic_ends FINAL) AS ends
 USING (topic, partition)
 ORDER BY topic, partition`,
  params: {},
  parseRow: (raw) => ({
    ...partitionNameOf(raw),
    firstOffset: Number(raw.firstOffset),
    logEnd: Number(raw.logEnd),
  }),
};

/** What the last comparison found in each partition. */
export const lastFindings: Query<Finding> = {
  sql: `SELECT topic, partition, kind, records, firstOffset
  FROM ledger_findings FINAL
 WHERE records > 0
 ORDER BY topic, partition, kind`,
  params: {},
  parseRow: (raw) => ({
    ...partitionNameOf(raw),
    kind: String(raw.kind) as FindingKind,
    records: Number(raw.records),
    offset: Number(raw.firstOffset),
  }),
};

/** Whether some message may be counted twice: two of them with one hash of 64 bits say so too, which
 *  is rare and looked into, and a third of the cost of knowing it here. */
export function mayBeDoubled(filter: LedgerFilter): Query<boolean> {
  return {
    sql: `SELECT count() > uniqExact(cityHash64(tenant, messageId, contentHash)) AS maybe
  FROM events FINAL
 WHERE ${conditions(filter)} AND outcome = 'counted'`,
    params: parametersOf(filter),
    parseRow: (raw) => Number(raw.maybe) === 1,
  };
}

/** Counted records beyond the first of each message: the same tenant, message id and content, for
 *  which 128 bits of hash stand. */
export function doubledByPartition(filter: LedgerFilter): Query<PartitionDoubles> {
  return {
    sql: `SELECT copy.1 AS topic, copy.2 AS partition, count() AS doubled, min(copy.3) AS firstDoubled
  FROM (
    SELECT arrayJoin(arraySlice(arraySort(copies), 2)) AS copy
      FROM (
        SELECT groupArray((toString(topic), partition, offset)) AS copies
          FROM events FINAL
         WHERE ${conditions(filter)} AND outcome = 'counted'
         GROUP BY sipHash128(tenant, messageId, contentHash)
        HAVING count() > 1
      )
  )
 GROUP BY topic, partition
 ORDER BY topic, partition`,
    params: parametersOf(filter),
    parseRow: (raw) => ({
      ...partitionNameOf(raw),
      doubled: Number(raw.doubled),
      firstDoubled: Number(raw.firstDoubled),
    }),
  };
}

function conditions({ tenant, from, to }: LedgerFilter): string {
  const all = ['1'];
  if (tenant !== null) all.push('tenant = {tenant:String}');
  if (from !== null) all.push("appendedAt >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')");
  if (to !== null) all.push("appendedAt < fromUnixTimestamp64Milli({to:Int64}, 'UTC')");
  return all.join(' AND ');
}

function parametersOf({ tenant, from, to }: LedgerFilter): QueryParameters {
  return {
    ...(tenant !== null && { tenant }),
    ...(from !== null && { from }),
    ...(to !== null && { to }),
  };
}

function partitionNameOf(raw: RawRow): PartitionName {
  return { topic: String(raw.topic), partition: Number(raw.partition) };
}
