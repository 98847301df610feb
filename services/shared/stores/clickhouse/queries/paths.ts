import type { PathInCurrency } from '../../../domain/attribution-report';
import { sessionLookBackMs } from '../../../domain/session';
import type { FactScope } from '../facts';
import { sessionsSql } from '../sessions';
import type { Query } from './query';

/** Which orders and visits paths are counted over. */
export interface PathsFilter extends FactScope {
  readonly tenant: string;
  /** How long before an order a session may have started to be a touch of it. */
  readonly lookBackMs: number;
  /** Tells orders on the same path apart by how old their touches were: time decay needs it. */
  readonly withAges: boolean;
  /** Time zone of the tenant. */
  readonly zone: string;
}

/**
 * Conversion paths of all orders and of all users without one, in one pass: facts -> sessions ->
 * users -> paths. An order's path is the channels of the sessions of its user that started in the
 * look-back up to and including the order, in start order; where none did, the channel of the
 * session it happened in. A user without an order in scope has one path: the sessions that started
 * in scope. Channels are those with self-referral skipped.
 */
export function conversionPaths(filter: PathsFilter): Query<PathInCurrency> {
  const sessions = sessionsSql({
    scope: {
      ...filter,
      from: filter.from - filter.lookBackMs - sessionLookBackMs,
      to: filter.to + sessionLookBackMs,
    },
    selfReferral: 'clean',
    marks: ['order_completed'],
    zones: new Map([[filter.tenant, filter.zone]]),
  });
  return {
    sql: pathsSql(sessions.text, filter.withAges),
    params: {
      ...sessions.params,
      from: filter.from,
      to: filter.to,
      lookBackMs: filter.lookBackMs,
    },
    parseRow: (raw) => ({
      path: raw.path as readonly string[],
      agesMs: (raw.agesMs as readonly string[]).map(Number),
      currency: String(raw.currency),
      conversions: Number(raw.conversions),
      revenueMinor: Number(raw.revenueMinor),
      nulls: Number(raw.nulls),
    }),
  };
}

/** Visits are (start, session id, channel); purchases are (at, channel of the session, amount,
 *  currency), and one at time -1 stands for "bought nothing". Times are milliseconds. */
function pathsSql(sessions: string, withAges: boolean): string {
  const ages = withAges
    ? `if(bought AND length(arrayDistinct(path)) > 1,
                arrayMap(touch -> purchase.1 - touch.1, touches), [])`
    : "CAST([], 'Array(Int64)')";
  return `SELECT path, agesMs, currency, countIf(bought) AS conversions,
       sum(amountMinor) AS revenueMinor, countIf(NOT bought) AS nulls
  FROM (
    SELECT purchase.1 >= 0 AS bought,
           arrayFilter(visit -> if(bought,
             visit.1 <= purchase.1 AND visit.1 >= purchase.1 - {lookBackMs:Int64},
             visit.1 >= {from:Int64} AND visit.1 < {to:Int64}), visits) AS touches,
           if(bought AND empty(touches), [purchase.2], touches.3) AS path,
           ${ages} AS agesMs,
           purchase.3 AS amountMinor, purchase.4 AS currency
      FROM (
        SELECT arraySort(groupArray((toUnixTimestamp64Milli(start), sessionId, channel))) AS visits,
               groupArrayArray(arrayMap(
                 mark -> (toUnixTimestamp64Milli(mark.at), channel, mark.amountMinor, mark.currency),
                 arrayFilter(mark -> mark.effective
                   AND toUnixTimestamp64Milli(mark.at) >= {from:Int64}
                   AND toUnixTimestamp64Milli(mark.at) < {to:Int64}, marks))) AS purchases
          FROM (${sessions})
         GROUP BY tenant, userHash
      )
     ARRAY JOIN if(empty(purchases), [(toInt64(-1), '', toInt64(0), '')], purchases) AS purchase
  )
 WHERE notEmpty(path)
 GROUP BY path, agesMs, currency
 ORDER BY path, currency, agesMs`;
}
