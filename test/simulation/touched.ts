import type { EventRow } from '../../services/shared/domain/event-row';
import type { FactRanges } from '../../services/shared/domain/fact-ranges';
import { funnelSteps } from '../../services/shared/domain/funnel';
import type { Span } from '../../services/shared/domain/intervals';
import { longestDayMs } from '../../services/shared/domain/session';
import {
  type Window,
  type WindowTable,
  windowKey,
  windowTables,
} from '../../services/shared/domain/window';
import { localDay, type Zones } from '../support/oracle/windows';

export interface Reach {
  readonly lookBackMs: number;
  readonly conversionWindowMs: number;
  readonly zones: Zones;
}

/** Windows that may have changed because these facts were written: what touched-windows.ts asks
 *  ClickHouse for, of rows in memory. */
export function touchedWindows(
  table: WindowTable,
  rows: readonly EventRow[],
  facts: FactRanges,
  reach: Reach,
): readonly Window[] {
  const fresh = rows.filter((row) => row.tenant !== '' && isAmong(row, facts));
  const found =
    table === 'channel_1m'
      ? touchedMinutes(rows, fresh, facts, reach)
      : touchedHours(rows, fresh, facts, reach);
  return windowsOf(table, found);
}

/** The windows that these rows lie in. */
export function windowsOf(table: WindowTable, rows: readonly EventRow[]): readonly Window[] {
  const { lengthMs } = windowTables[table];
  const windows = rows.map(({ tenant, eventAt }) => ({
    tenant,
    start: Math.floor(eventAt / lengthMs) * lengthMs,
  }));
  return [...new Map(windows.map((window) => [windowKey(window), window])).values()];
}

/** The rows of the sessions and the orders of fresh rows. */
function touchedMinutes(
  rows: readonly EventRow[],
  fresh: readonly EventRow[],
  facts: FactRanges,
  { zones, lookBackMs }: Reach,
): readonly EventRow[] {
  const session = (row: EventRow) => {
    const day = row.sessionId === '' ? localDay(row, zones) : '';
    return JSON.stringify([row.tenant, row.user, row.sessionId, day]);
  };
  const order = ({ tenant, orderKey }: EventRow) => JSON.stringify([tenant, orderKey]);
  const sessions = new Set(fresh.map(session));
  const ordering = facts.hasOrders ? fresh.filter(({ orderKey }) => orderKey !== '') : [];
  const orders = new Set(ordering.map(order));
  const reached = widened(facts.eventAt.spans, lookBackMs);
  return rows.filter(
    (row) =>
      (isWithin(row.eventAt, reached) && sessions.has(session(row))) || orders.has(order(row)),
  );
}

/** The entering rows from which a fresh row may be reached, or whose sessions it may join. */
function touchedHours(
  rows: readonly EventRow[],
  fresh: readonly EventRow[],
  facts: FactRanges,
  { conversionWindowMs }: Reach,
): readonly EventRow[] {
  const user = ({ tenant, user }: EventRow) => JSON.stringify([tenant, user]);
  const reachMs = Math.max(conversionWindowMs, longestDayMs);
  const spans = new Map<string, Span>();
  for (const row of fresh) {
    const isBridge = row.sessionId === '';
    if (!isBridge && !(funnelSteps as readonly string[]).includes(row.type)) continue;
    const known = spans.get(user(row));
    const first = row.eventAt - (isBridge ? reachMs : conversionWindowMs);
    const last = row.eventAt + (isBridge ? reachMs : 0);
    spans.set(user(row), {
      first: Math.min(known?.first ?? first, first),
      last: Math.max(known?.last ?? last, last),
    });
  }
  const reached = widened(facts.eventAt.spans, reachMs);
  return rows.filter((row) => {
    const span = spans.get(user(row));
    if (row.type !== funnelSteps[0] || span === undefined) return false;
    return isWithin(row.eventAt, [span]) && isWithin(row.eventAt, reached);
  });
}

/** Whether the row is one of the facts, or stands where one of them could. */
export function isAmong(row: EventRow, facts: FactRanges): boolean {
  return (
    isWithin(row.appendedAt, facts.appendedAt.spans) &&
    isWithin(row.eventAt, facts.eventAt.spans) &&
    facts.offsets.some(
      ({ topic, partition, offsets }) =>
        topic === row.topic && partition === row.partition && isWithin(row.offset, [offsets]),
    )
  );
}

function widened(spans: readonly Span[], byMs: number): readonly Span[] {
  return spans.map(({ first, last }) => ({ first: first - byMs, last: last + byMs }));
}

function isWithin(value: number, spans: readonly Span[]): boolean {
  return spans.some(({ first, last }) => value >= first && value <= last);
}
