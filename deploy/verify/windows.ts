import { sessionSilenceMs } from '../../services/shared/domain/session';
import { connectClickHouse } from '../../services/shared/stores/clickhouse/client';
import { sessionPartSql } from '../../services/shared/stores/clickhouse/sessions';
import type { Comparison } from './compare';

export interface WindowsOptions {
  readonly clickhouseUrl: string;
  readonly database: string;
  /** Time zone by tenant: midnight ends a session without id. */
  readonly zones: ReadonlyMap<string, string>;
  readonly conversionWindowMs: number;
  /** Whose windows; everybody's by default. */
  readonly tenant?: string;
}

const maxExecutionMs = 600_000;

/**
 * Compares every stored window with one recomputation from all facts at once. It is put differently
 * than the service's own (window functions and joins, where that has arrays; no look-back, no chunks),
 * so that a fault would have to be made twice. A window that is stored and should not be, or the
 * other way round, is a row that differs; an empty one stands for none.
 */
export async function compareWindows(options: WindowsOptions): Promise<readonly Comparison[]> {
  const { clickhouseUrl: url, database, zones, conversionWindowMs, tenant = '' } = options;
  const clickhouse = connectClickHouse({ url, database, application: 'verify', maxExecutionMs });
  const part = sessionPartSql(zones);
  try {
    const results: Comparison[] = [];
    for (const [name, sql] of [
      ['channel_1m', channelsSql(part.text)],
      ['funnel_1h', funnelSql(part.text)],
    ] as const) {
      const params = { ...part.params, conversionWindowMs, all: tenant === '' ? 1 : 0, tenant };
      const [row] = await clickhouse.rows(comparisonSql(sql), params);
      results.push({
        name,
        compared: Number(row?.compared),
        differ: Number(row?.differ),
        examples: row?.examples as readonly string[],
      });
    }
    return results;
  } finally {
    await clickhouse.close();
  }
}

/** Of rows (tenant, start, differs, said), the windows and those in which something differs. */
function comparisonSql(rows: string): string {
  return `SELECT count() AS compared, countIf(wrong) AS differ, groupArrayIf(5)(example, wrong) AS examples
  FROM (
    SELECT max(differs) AS wrong,
           concat(tenant, '/', toString(start), ': ', argMax(said, differs)) AS example
      FROM (${rows})
     GROUP BY tenant, start
  )`;
}

/** The tenant that is asked for, or all. */
const ofTenant = `({all:UInt8} OR tenant = {tenant:String})`;

/** Facts with the number of their session among those of the same user and id. */
function numberedSql(part: string): string {
  return `SELECT *, sum(begins) OVER (
           PARTITION BY tenant, userHash, sessionId, part ORDER BY eventAt, messageId
           ROWS UNBOUNDED PRECEDING) AS nth
  FROM (
    SELECT tenant, userHash, sessionId, ${part} AS part, eventAt, messageId, type, channel,
           campaign, selfReferral, orderKey, revenueMinor, currency,
           toUnixTimestamp64Milli(eventAt) AS ms,
           sessionId = '' AND ms - lagInFrame(ms, 1, ms) OVER (
             PARTITION BY tenant, userHash, sessionId, part ORDER BY eventAt, messageId
             ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) >= ${sessionSilenceMs} AS begins,
           orderKey != '' AND row_number() OVER (
             PARTITION BY tenant, orderKey ORDER BY eventAt, messageId) = 1 AS isOrder
      FROM events FINAL
     WHERE outcome = 'counted' AND ${ofTenant}
  )`;
}

const session = 'tenant, userHash, sessionId, part, nth';

function channelsSql(part: string): string {
  const facts = numberedSql(part);
  const right = `
    SELECT tenant, start, channel, campaign, sum(opens) AS sessions,
           uniqExactStateIf(userHash, opens = 1) AS users,
           countIf(type = 'product_viewed') AS views, countIf(type = 'product_added') AS carts,
           countIf(type = 'checkout_started') AS checkouts, countIf(isOrder) AS orders,
           sumMapIf(map(currency, amount), isOrder AND currency != '') AS revenueMinor,
           sumMapIf(map(currency, amount), type = 'order_refunded' AND currency != '') AS refundMinor
      FROM (
        SELECT ${session}, toStartOfMinute(eventAt) AS start, type, isOrder, 0 AS opens,
               toString(currency) AS currency, ifNull(revenueMinor, 0) AS amount
          FROM (${facts})
         WHERE isOrder OR type IN ('product_viewed', 'product_added', 'checkout_started',
                                   'order_completed', 'order_refunded')
        UNION ALL
        SELECT ${session}, toStartOfMinute(min(eventAt)), '', 0, 1, '', 0
          FROM (${facts})
         GROUP BY ${session}
      ) AS happened
     INNER JOIN (
        SELECT ${session}, if(first.1 = '', 'Direct', first.1) AS channel, first.2 AS campaign
          FROM (
            SELECT ${session}, argMinIf((toString(channel), campaign), (eventAt, messageId),
                                        channel != '' AND selfReferral = 0) AS first
              FROM (${facts})
             GROUP BY ${session}
          )
      ) AS visited USING (${session})
     GROUP BY tenant, start, channel, campaign`;
  const counts = [
    'sessions',
    'views',
    'carts',
    'checkouts',
    'orders',
    'revenueMinor',
    'refundMinor',
  ];
  const columns = ['channel', 'campaign', 'users', ...counts];
  return `SELECT tenant, start,
       ${counts.map((name) => `stored.${name} != right.${name}`).join(' OR ')}
         OR stored.present != right.present
         OR finalizeAggregation(stored.users) != finalizeAggregation(right.users)
         OR arrayReduce('uniqExactMerge', [stored.users, right.users])
              != finalizeAggregation(right.users) AS differs,
       concat(channel, '/', campaign, ' stored ', toString((${counts.map((name) => `stored.${name}`)})),
              ' right ', toString((${counts.map((name) => `right.${name}`)}))) AS said
  FROM (
    SELECT tenant, start, ${columns.map((name) => `line.${name} AS ${name}`).join(', ')},
           notEmpty(channels.channel) AS present
      FROM (SELECT * FROM channel_1m FINAL WHERE ${ofTenant})
      LEFT ARRAY JOIN channels AS line
  ) AS stored
  FULL JOIN (SELECT *, 1 AS present FROM (${right})) AS right
 USING (tenant, start, channel, campaign)`;
}

function funnelSql(part: string): string {
  const facts = numberedSql(part);
  const hour = 3_600_000;
  const reached = (of: string) =>
    `[${[1, 2, 3, 4].map((depth) => `countIf(depth >= ${depth} AND who = '${of}')`)}]`;
  const depths = (who: string, keys: string) => `
        SELECT tenant, fromUnixTimestamp64Milli(entered, 'UTC') AS start, '${who}' AS who,
               windowFunnel({conversionWindowMs:UInt64})(toUInt64(ms), type = 'product_viewed',
                 type = 'product_added', type = 'checkout_started', type = 'order_completed') AS depth
          FROM (
            SELECT DISTINCT ${keys}, intDiv(ms, ${hour}) * ${hour} AS entered
              FROM (${facts})
             WHERE type = 'product_viewed'
          ) AS entries
         INNER JOIN (SELECT ${keys}, ms, type FROM (${facts})) AS steps USING (${keys})
         WHERE ms >= entered AND (type != 'product_viewed' OR ms < entered + ${hour})
         GROUP BY ${keys}, entered`;
  return `SELECT tenant, start, stored.users != right.users OR stored.sessions != right.sessions AS differs,
       concat('stored ', toString((stored.users, stored.sessions)),
              ' right ', toString((right.users, right.sessions))) AS said
  FROM (SELECT tenant, start, users, sessions FROM funnel_1h FINAL WHERE ${ofTenant}) AS stored
  FULL JOIN (
    SELECT tenant, toDateTime(start, 'UTC') AS start, ${reached('user')} AS users,
           ${reached('session')} AS sessions
      FROM (${depths('user', 'tenant, userHash')}
        UNION ALL ${depths('session', session)})
     GROUP BY tenant, start
  ) AS right
 USING (tenant, start)`;
}
