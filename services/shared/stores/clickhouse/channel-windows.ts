import type { EventType } from '../../domain/event';
import type { SelfReferral } from '../../domain/session';
import { type FactScope, type Sql, widened } from './facts';
import { sessionsSql } from './sessions';

/** Event types that a channel window counts. */
export const channelMarks: readonly EventType[] = [
  'product_viewed',
  'product_added',
  'checkout_started',
  'order_completed',
  'order_refunded',
];

export interface ChannelWindowsOptions {
  /** Windows that start in [from, to) are computed. */
  readonly scope: FactScope;
  readonly selfReferral: SelfReferral;
  readonly lookBackMs: number;
  readonly zones: ReadonlyMap<string, string>;
  readonly prewhere?: string;
  /** Condition on (tenant, start): which windows are wanted; all of the scope without it. */
  readonly where?: string;
}

/**
 * Minute windows by channel and campaign, from facts; only windows in which something happened:
 *
 *     tenant, start (DateTime, the minute), channel, campaign
 *     counted        [sessions, views, carts, checkouts, orders]: sessions that start in the minute,
 *                    and events in the minute under their session's channel; an order counts by its
 *                    earliest effective copy
 *     users          uniqExact state of who had those sessions
 *     revenueMinor, refundMinor    Map(currency, minor units)
 *
 * One array rather than five columns: planning takes time for every expression of an aggregation, as
 * much as reading a quiet minute does.
 */
export function channelWindowsSql(options: ChannelWindowsOptions): Sql {
  const { scope, where = '1' } = options;
  const sessions = sessionsSql({
    ...options,
    scope: widened(scope, options.lookBackMs),
    marks: channelMarks,
  });
  return {
    text: `SELECT tenant, start, channel, campaign, sumForEach(counts) AS counted,
       uniqExactStateIf(userHash, begins) AS users,
       sumMap(revenue) AS revenueMinor, sumMap(refund) AS refundMinor
  FROM (
    SELECT tenant, userHash, channel, campaign, toStartOfMinute(mark.1) AS start,
           mark.2 AS what, what = '' AS begins, mark.3 AS effective,
           if(mark.5 = '', map(), map(mark.5, mark.4)) AS amount,
           if(effective, amount, map()) AS revenue,
           if(what = 'order_refunded', amount, map()) AS refund,
           [begins, what = 'product_viewed', what = 'product_added', what = 'checkout_started',
            effective] AS counts
      FROM (
        SELECT tenant, userHash, channel, campaign,
               arrayJoin(arrayPushFront(marks, (start, '', 0, 0, '', ''))) AS mark
          FROM (${sessions.text})
      )
  )
 WHERE start >= fromUnixTimestamp64Milli({windowsFrom:Int64}, 'UTC')
   AND start < fromUnixTimestamp64Milli({windowsTo:Int64}, 'UTC') AND ${where}
 GROUP BY tenant, start, channel, campaign`,
    params: { ...sessions.params, windowsFrom: scope.from, windowsTo: scope.to },
  };
}
