import type { ChannelPart, ChannelReport } from '../../../domain/channel-report';
import { type Interval, isAligned } from '../../../domain/interval';
import { type SelfReferral, sessionLookBackMs } from '../../../domain/session';
import type { ClickHouse } from '../client';
import { type FactScope, scopeParams, widened } from '../facts';
import { sessionsSql } from '../sessions';
import { startOf, startSql } from './interval';
import { ask, askOne, type Query, type RawRow } from './query';
import { isStale } from './stuck-windows';

export interface ChannelsFilter extends FactScope {
  readonly tenant: string;
  readonly interval: Interval;
  readonly selfReferral: SelfReferral;
  readonly zone: string;
  /** The tenant's. */
  readonly currency: string;
}

interface StoredChannel extends ChannelPart {
  /** Whether there is revenue in another currency too. */
  readonly foreign: boolean;
}

/** Channels from facts, one row a channel and currency: sessions and their users by the session's
 *  start, orders and revenue by the order's own time under the channel of its session. Revised now:
 *  facts are read as they stand. */
export function channelsFromFacts(filter: ChannelsFilter): Query<ChannelPart> {
  const { interval, selfReferral, tenant, zone, from, to } = filter;
  const sessions = sessionsSql({
    scope: widened(filter, sessionLookBackMs),
    selfReferral,
    marks: ['order_completed'],
    zones: new Map([[tenant, zone]]),
  });
  return {
    sql: `SELECT piece.1 AS start, channel, piece.2 AS currency, countIf(piece.3 = 0) AS sessions,
       uniqExactIf(userHash, piece.3 = 0) AS users, countIf(piece.3 = 1) AS orders,
       sum(piece.4) AS revenueMinor, toUnixTimestamp64Nano(now64(9)) AS version
  FROM (
    SELECT channel, userHash, arrayJoin(arrayConcat(
             if(${inRange('start')}, [(${startSql(interval, 'start')}, '', 0, toInt64(0))], []),
             arrayMap(
               mark -> (${startSql(interval, 'mark.at')}, mark.currency, 1, mark.amountMinor),
               arrayFilter(mark -> mark.effective AND ${inRange('mark.at')}, marks)))) AS piece
      FROM (${sessions.text})
  )
 GROUP BY start, channel, currency
 ORDER BY start, channel, currency`,
    params: { ...sessions.params, from, to, zone },
    parseRow: (raw) => channelPart(interval, raw),
  };
}

/** The same from the stored minutes, which hold clean traffic with self-referral skipped. Minutes
 *  must be asked for whole. Orders are not stored by currency: all of them stand under `currency`,
 *  which is exact where `foreign` is false. */
export function storedChannels(filter: ChannelsFilter): Query<StoredChannel> {
  const { interval, zone, currency } = filter;
  return {
    sql: `SELECT ${startSql(interval, 'minute')} AS start, channel, {currency:String} AS currency,
       sum(sessions) AS sessions, uniqExactMerge(users) AS users, sum(orders) AS orders,
       sumMap(amounts)[currency] AS revenueMinor, max(version) AS version,
       length(mapKeys(sumMap(amounts))) > has(mapKeys(sumMap(amounts)), currency) AS foreign
  FROM (
    SELECT start AS minute, channel, sessions, users, orders, revenueMinor AS amounts, version
      FROM channel_1m_flat
     WHERE tenant = {tenant:String}
       AND start >= fromUnixTimestamp64Milli({readFrom:Int64}, 'UTC')
       AND start < fromUnixTimestamp64Milli({readTo:Int64}, 'UTC')
  )
 GROUP BY start, channel
HAVING sessions > 0 OR orders > 0
 ORDER BY start, channel`,
    params: { ...scopeParams(filter), zone, currency },
    parseRow: (raw) => ({ ...channelPart(interval, raw), foreign: Number(raw.foreign) === 1 }),
  };
}

/** Reads stored windows where they hold what is asked for, and facts otherwise. */
export async function readChannels(
  clickhouse: ClickHouse,
  filter: ChannelsFilter,
): Promise<ChannelReport> {
  if (areChannelsStored(filter)) {
    const [parts, stale] = await Promise.all([
      ask(clickhouse, storedChannels(filter)),
      askOne(clickhouse, isStale('channel_1m', filter)),
    ]);
    if (!parts.some((part) => part.foreign)) return { parts, stale };
  }
  return { parts: await ask(clickhouse, channelsFromFacts(filter)), stale: false };
}

const minuteMs = 60_000;

function areChannelsStored(filter: ChannelsFilter): boolean {
  const { traffic, selfReferral } = filter;
  return traffic === 'clean' && selfReferral === 'clean' && isAligned(filter, minuteMs);
}

function inRange(time: string): string {
  return `${time} >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
               AND ${time} < fromUnixTimestamp64Milli({to:Int64}, 'UTC')`;
}

function channelPart(interval: Interval, raw: RawRow): ChannelPart {
  return {
    start: startOf(interval, raw.start),
    channel: String(raw.channel),
    currency: String(raw.currency),
    sessions: Number(raw.sessions),
    users: Number(raw.users),
    orders: Number(raw.orders),
    revenueMinor: Number(raw.revenueMinor),
    version: String(raw.version),
  };
}
