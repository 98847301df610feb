import { TupleParam } from '@clickhouse/client';
import type { WindowChunk, WindowTable } from '../../domain/window';
import { channelWindowsSql } from './channel-windows';
import type { FactScope, Sql } from './facts';
import { funnelWindowsSql } from './funnel-windows';
import type { Reaches } from './touched-windows';

/**
 * One INSERT … SELECT that computes every window of the chunk from facts and replaces it whole, also
 * by an empty row where nothing is left. `version` (nanoseconds of the server's clock) must have been
 * asked for after the facts were acknowledged and before this runs.
 */
export function recomputeSql(
  table: WindowTable,
  chunk: WindowChunk,
  { version, ...reaches }: Reaches & { readonly version: bigint },
): Sql {
  const scope: FactScope = { tenant: null, from: chunk.from, to: chunk.to, traffic: 'clean' };
  const windows = table === 'channel_1m' ? channels(scope, reaches) : funnel(scope, reaches);
  return {
    text: windows.text,
    params: { ...windows.params, windows: runsByTenant(chunk), version: String(version) },
  };
}

function channels(scope: FactScope, { lookBackMs, zones }: Reaches): Sql {
  const computed = channelWindowsSql({
    scope,
    selfReferral: 'clean',
    lookBackMs,
    zones,
    where: '(tenant, start) IN asked',
    // Over a longer time nearly every user that is read has been in some window of it.
    ...(scope.to - scope.from <= lookBackMs && { prewhere: usersWith('toStartOfMinute', '1') }),
  });
  const columns = ['channel', 'campaign', 'users', 'revenueMinor', 'refundMinor'];
  return {
    params: computed.params,
    text: `INSERT INTO channel_1m (tenant, start, version,
       ${[...columns, ...countColumns].map((name) => `channels.${name}`).join(', ')})
${askedSql(60)}
SELECT tenant, start, {version:UInt64}, ${columns.join(', ')},
       ${countColumns.map((_, index) => `arrayMap(one -> one[${index + 1}], counts)`).join(', ')}
  FROM (
    SELECT tenant, start, ${columns.map((name) => `groupArrayIf(${name}, filled) AS ${name}`).join(', ')},
           groupArrayIf(counted, filled) AS counts
      FROM (
        SELECT tenant, start, ${columns.join(', ')}, counted, 1 AS filled
          FROM (${computed.text})
        UNION ALL
        SELECT tenant, start, '', '', ${noUsers}, map(), map(), [], 0
          FROM asked
      )
     GROUP BY tenant, start
  )`,
  };
}

const noUsers = "arrayReduce('uniqExactState', [toUInt64(0)])";

/** In the order of `counted`. */
const countColumns = ['sessions', 'views', 'carts', 'checkouts', 'orders'] as const;

function funnel(scope: FactScope, { conversionWindowMs, zones }: Reaches): Sql {
  const computed = funnelWindowsSql({
    scope,
    conversionWindowMs,
    zones,
    where: '(tenant, start) IN asked',
    prewhere: usersWith('toStartOfHour', 'type = {marks:Array(String)}[1]'),
  });
  return {
    params: computed.params,
    text: `INSERT INTO funnel_1h (tenant, start, version, users, sessions)
${askedSql(3600)}
SELECT tenant, start, {version:UInt64}, sumForEach(users), sumForEach(sessions)
  FROM (
    SELECT tenant, start, users, sessions FROM (${computed.text})
    UNION ALL
    SELECT tenant, start, [], [] FROM asked
  )
 GROUP BY tenant, start`,
  };
}

/** The windows asked for: {windows} has, by tenant, the runs of neighbours as [from, to) seconds. */
function askedSql(lengthSeconds: number): string {
  return `WITH asked AS (
  SELECT tenant, toDateTime(arrayJoin(range(run.1, run.2, ${lengthSeconds})), 'UTC') AS start
    FROM (
      SELECT entry.1 AS tenant, arrayJoin(entry.2) AS run
        FROM (SELECT arrayJoin({windows:Map(String, Array(Tuple(UInt32, UInt32)))}) AS entry)
    )
)`;
}

/** Only users with an event in one of the windows are read, over all the look-back. */
function usersWith(startOf: 'toStartOfMinute' | 'toStartOfHour', which: string): string {
  const from = "fromUnixTimestamp64Milli({windowsFrom:Int64}, 'UTC')";
  const to = "fromUnixTimestamp64Milli({windowsTo:Int64}, 'UTC')";
  return `(tenant, userHash) IN (
          SELECT tenant, userHash
            FROM events
           WHERE toStartOfHour(eventAt) >= toStartOfHour(${from}) AND eventAt >= ${from}
             AND toStartOfHour(eventAt) <= toStartOfHour(${to}) AND eventAt < ${to}
             AND ${which} AND (tenant, ${startOf}(eventAt)) IN asked)`;
}

function runsByTenant({ runs }: WindowChunk): ReadonlyMap<string, readonly TupleParam[]> {
  const byTenant = new Map<string, TupleParam[]>();
  for (const { tenant, from, to } of runs) {
    const run = new TupleParam([from / 1000, to / 1000]);
    const known = byTenant.get(tenant);
    if (known === undefined) byTenant.set(tenant, [run]);
    else known.push(run);
  }
  return byTenant;
}
