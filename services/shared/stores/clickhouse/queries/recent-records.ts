import type { Outcome } from '../../../domain/outcome';
import type { StoredRecord } from '../../../domain/stored-record';
import type { ClickHouse } from '../client';
import { ask, type Query } from './query';
import { recordColumns, storedRecordOf } from './records';

/** Which of the records that were appended last are wanted. Times are milliseconds UTC. */
export interface RecentFilter {
  /** Null: every tenant, and records that name none. */
  readonly tenant: string | null;
  readonly now: number;
  /** Append time of the oldest, included. */
  readonly since: number;
  readonly limit: number;
  /** Null: any. */
  readonly outcomes: readonly Outcome[] | null;
  readonly type: string | null;
  /** A user id or an anonymous id, whole. */
  readonly user: string | null;
  /** A part of the message id, the name or an id of the user, whatever its case. */
  readonly search: string | null;
}

/**
 * The records that were appended last, latest first, each once in its last version.
 *
 * Cost: the events table is sorted by the hour of the event time, so what came lately lies among all
 * events of the last hour or two; `appendedAt` has a minmax index, which leaves out every part and
 * granule that holds nothing recent. What remains is one pass over 8 bytes a row, then the other
 * columns of the few rows that are shown: 50 to 150 ms for a million rows of the current hour on two
 * busy cores, where FINAL took 300 to 500 ms, for it reads the whole sort key. Where much arrives, the
 * last seconds alone fill the answer, so they are asked first.
 */
export async function readRecentRecords(
  clickhouse: ClickHouse,
  filter: RecentFilter,
): Promise<readonly StoredRecord[]> {
  const spans = shorterSpansMs.map((span) => filter.now - span);
  for (const since of spans.filter((start) => start > filter.since)) {
    const latest = await ask(clickhouse, recentRecords({ ...filter, since }));
    if (latest.length >= filter.limit) return latest;
  }
  return ask(clickhouse, recentRecords(filter));
}

const shorterSpansMs = [10_000, 60_000];

/** A record that was delivered again has equal rows until ClickHouse merges them, seldom more than
 *  this many. Taking the first of each from a bounded number keeps the answer's cost bounded. */
const mostCopies = 4;

export function recentRecords(filter: RecentFilter): Query<StoredRecord> {
  return {
    sql: `SELECT * FROM (
SELECT ${recordColumns}
  FROM events
 WHERE ${appendedLately}
   AND ${isLastVersion}${conditionsOf(filter)}
 ORDER BY appendedAt DESC, topic, partition, offset
 LIMIT {rows:UInt32})
 ORDER BY appended DESC, topic, partition, offset
 LIMIT 1 BY topic, partition, offset
 LIMIT {limit:UInt32}`,
    params: paramsOf(filter),
    parseRow: storedRecordOf,
  };
}

const appendedLately = "appendedAt >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')";

/** A decision writes a record's row again with a higher version, and few records are decided on: their
 *  last versions are looked up first. All versions have the same append time. */
const decided = `FROM events WHERE ${appendedLately} AND version > 0 GROUP BY topic, partition, offset`;
const isLastVersion = `if(version = 0,
          (topic, partition, offset) NOT IN (SELECT topic, partition, offset ${decided}),
          (topic, partition, offset, version) IN (SELECT topic, partition, offset, max(version) ${decided}))`;

const searched = ['messageId', 'name', 'anonymousId', 'userId'];

function conditionsOf({ tenant, outcomes, type, user, search }: RecentFilter): string {
  const conditions = [
    tenant !== null && 'tenant = {tenant:String}',
    outcomes !== null && 'outcome IN {outcomes:Array(String)}',
    type !== null && 'type = {type:String}',
    user !== null && '(anonymousId = {user:String} OR userId = {user:String})',
    search !== null &&
      `(${searched.map((column) => `positionCaseInsensitiveUTF8(${column}, {search:String}) > 0`).join(' OR ')})`,
  ];
  return conditions
    .filter((condition) => condition !== false)
    .map((condition) => `\n   AND ${condition}`)
    .join('');
}

function paramsOf({ since, limit, tenant, outcomes, type, user, search }: RecentFilter) {
  const named = Object.entries({ tenant, outcomes, type, user, search });
  const wanted = Object.fromEntries(named.filter(([, value]) => value !== null));
  return { since: Math.trunc(since), limit, rows: limit * mostCopies, ...wanted };
}

export interface ArrivalsFilter {
  /** Null: every tenant. */
  readonly tenant: string | null;
  readonly since: number;
  readonly stepSeconds: number;
}

/** Records by the time they were appended, in steps; steps without any are left out. */
export interface Arrivals {
  /** Milliseconds UTC. */
  readonly start: number;
  readonly arrived: number;
  /** Those of them that count. */
  readonly kept: number;
}

/** Counted by coordinates, since a record that was delivered again may still have two rows. Costs a
 *  pass over the same rows as above, and a set of what arrived: up to a second for half a million
 *  arrivals, a tenth of it for those of the last seconds. */
export function arrivals(filter: ArrivalsFilter): Query<Arrivals> {
  const { tenant, since, stepSeconds } = filter;
  return {
    sql: `SELECT toUnixTimestamp(toStartOfInterval(appendedAt, toIntervalSecond({step:UInt32}))) AS start,
       uniqExact(topic, partition, offset) AS arrived,
       uniqExactIf((topic, partition, offset), outcome = 'counted') AS kept
  FROM events
 WHERE ${appendedLately}
   AND ${isLastVersion}${tenant === null ? '' : '\n   AND tenant = {tenant:String}'}
 GROUP BY start
 ORDER BY start`,
    params: {
      since: Math.trunc(since),
      step: stepSeconds,
      ...(tenant !== null && { tenant }),
    },
    parseRow: (raw) => ({
      start: Number(raw.start) * 1000,
      arrived: Number(raw.arrived),
      kept: Number(raw.kept),
    }),
  };
}
