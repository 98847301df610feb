import type { EventRow } from '../../services/shared/domain/event-row';
import type { ClickHouse } from '../../services/shared/stores/clickhouse/client';
import {
  type ChannelLine,
  channelWindowsOf,
  factsOf,
  funnelWindowsOf,
  type Zones,
} from './oracle/windows';

const hour = 3_600_000;

/** What the windows must say of these rows, as `storedLines` gives it. */
export function rightWindows(
  rows: readonly EventRow[],
  zones: Zones,
): ReadonlyMap<string, unknown> {
  const facts = factsOf(rows);
  return linesOf([
    ...[...channelWindowsOf(facts, zones)].map(([key, lines]) => [`channel_1m ${key}`, lines]),
    ...[...funnelWindowsOf(facts, 24 * hour, zones)].map(([key, line]) => [
      `funnel_1h ${key}`,
      line,
    ]),
  ] as [string, unknown][]);
}

/** One entry a line, users as their number. */
export function linesOf(
  windows: readonly (readonly [string, unknown])[],
): ReadonlyMap<string, unknown> {
  const lines = windows.flatMap(([key, window]): [string, unknown][] =>
    window instanceof Map
      ? [...window.values()].map((line: ChannelLine) => [
          `${key} ${line.channel}/${line.campaign}`,
          { ...line, users: line.users.size },
        ])
      : [[key, window]],
  );
  return new Map(lines.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The lines of the stored windows, of all tenants or one; windows with nothing in them have none. */
export async function storedLines(
  clickhouse: ClickHouse,
  tenant: string | null = null,
): Promise<ReadonlyMap<string, unknown>> {
  const params = { all: tenant === null ? 1 : 0, tenant: tenant ?? '' };
  const minutes = await clickhouse.rows(
    `SELECT concat('channel_1m ', tenant, '/', toUnixTimestamp(start) * 1000, ' ', channel, '/', campaign) AS key,
            channel, campaign, toUInt32(sessions) AS sessions, toUInt32(finalizeAggregation(users)) AS users,
            toUInt32(views) AS views, toUInt32(carts) AS carts, toUInt32(checkouts) AS checkouts,
            toUInt32(orders) AS orders, mapApply((k, v) -> (k, toInt32(v)), revenueMinor) AS revenueMinor,
            mapApply((k, v) -> (k, toInt32(v)), refundMinor) AS refundMinor
       FROM channel_1m_flat
      WHERE {all:UInt8} OR tenant = {tenant:String}`,
    params,
  );
  const hours = await clickhouse.rows(
    `SELECT concat('funnel_1h ', tenant, '/', toUnixTimestamp(start) * 1000) AS key,
            arrayMap(n -> toUInt32(n), users) AS users, arrayMap(n -> toUInt32(n), sessions) AS sessions
       FROM funnel_1h FINAL
      WHERE notEmpty(users) AND ({all:UInt8} OR tenant = {tenant:String})`,
    params,
  );
  const lines = [...minutes, ...hours].map(({ key, ...line }): [string, unknown] => [
    String(key),
    line,
  ]);
  return new Map(lines.sort(([a], [b]) => (a < b ? -1 : 1)));
}
