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
 *     sessions, users (uniqExact state)       sessions that start in the minute, and who had them
 *     views, carts, checkouts, orders         events in the minute under their session's channel;
 *                                             an order counts by its earliest effective copy
 *     revenueMinor, refundMinor               Map(currency, minor units)
 */
export function channelWindowsSql(options: ChannelWindowsOptions): Sql {
  const { scope, where = '1' } = options;
  const sessions = sessionsSql({
    ...options,
    scope: widened(scope, options.lookBackMs),
    marks: channelMarks,
  });
  return {
    text: `SELECT tenant, start, channel, campaign,
       countIf(what = '') AS sessions, uniqExactStateIf(userHash, what = '') AS users,
       countIf(what = 'product_viewed') AS views, countIf(what = 'product_added') AS carts,
       countIf(what = 'checkout_started') AS checkouts, countIf(mark.effective) AS orders,
       sumMapIf(amount, mark.effective) AS revenueMinor,
       sumMapIf(amount, what = 'order_refunded') AS refundMinor
  FROM (
    SELECT tenant, userHash, channel, campaign, mark, mark.type AS what,
           toStartOfMinute(mark.at) AS start,
           if(mark.currency = '', map(), map(mark.currency, mark.amountMinor)) AS amount
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
