import type { EventType } from '../../domain/event';
import { directChannel, type SelfReferral, sessionSilenceMs } from '../../domain/session';
import { type FactScope, factsSql, type Sql, scopeParams, withinScope } from './facts';

export interface SessionsOptions {
  /** Where facts are read: the asked time widened by the look-back on both sides (`widened`), and
   *  the caller keeps what starts or happens inside the asked time. */
  readonly scope: FactScope;
  readonly selfReferral: SelfReferral;
  /** Event types wanted in `marks`. */
  readonly marks: readonly EventType[];
  /** Time zone (IANA name) by tenant, for the midnight that ends a session without id; UTC for
   *  tenants that are not in it. */
  readonly zones: ReadonlyMap<string, string>;
  /** Reads no other events where sessions have an id: cheaper, but their start and channel are then
   *  those of the events read. */
  readonly onlyMarked?: boolean;
  /** Condition on columns of the sort key (tenant, eventAt, userHash), to read fewer users. */
  readonly prewhere?: string;
}

/**
 * The sessions of the facts in scope, one row each, in one pass over them:
 *
 *     tenant, userHash, sessionId     sessionId is '' for sessions without an id (several a user)
 *     start      DateTime64(3, 'UTC') of the earliest event
 *     channel, campaign               of the first event by (eventAt, messageId) that has a channel
 *                                     ('clean': and is no self-referral); none: 'Direct' and ''
 *     marks      Array(Tuple(at DateTime64(3, 'UTC'), type String, effective UInt8,
 *                amountMinor Int64, currency String, messageId String)), unsorted; effective = 1 for
 *                the one order_completed that its order key counts by
 *
 * Users are (tenant, userHash). Parameters: those of the scope, and the zones.
 */
export function sessionsSql(options: SessionsOptions): Sql {
  const { scope, selfReferral, marks, zones, prewhere, onlyMarked = false } = options;
  const part = sessionPartSql(zones);
  const names = selfReferral === 'clean' ? "channel != '' AND NOT selfReferral" : "channel != ''";
  return {
    text: `SELECT tenant, userHash, sessionId, piece.1 AS start,
       if(piece.2.1 = '', '${directChannel}', piece.2.1) AS channel, piece.2.2 AS campaign,
       CAST(piece.3, '${markType}') AS marks
  FROM (
    SELECT tenant, userHash, sessionId,
           arrayJoin(if(sessionId != '', [${wholeSession}], ${sessionsWithoutId})) AS piece
      FROM (
        SELECT *, ${names} AS names, type IN {marks:Array(String)} AS marked,
               (toString(channel), campaign) AS named, ${markSql(scope)} AS mark
          FROM (${factsSql(factColumns, scope, prewhere)})
${onlyMarked ? "         WHERE marked OR sessionId = ''\n" : ''}      )
     GROUP BY tenant, userHash, sessionId, ${part.text}
  )`,
    params: { ...scopeParams(scope), ...part.params, marks },
  };
}

/** The copy an order counts by, as (topic, partition, offset): the earliest by (eventAt, messageId)
 *  among its effective ones. `where` may narrow by tenant and orderKey alone: a narrower time would
 *  take a later copy for the first. Parameters: outcomes. */
export function effectiveOrdersSql(where: string): string {
  return `SELECT copy.1, copy.2, copy.3
  FROM (
    SELECT argMin((topic, partition, offset), (eventAt, messageId)) AS copy
      FROM orders FINAL
     WHERE outcome IN {outcomes:Array(String)} AND ${where}
     GROUP BY tenant, orderKey
  )`;
}

const factColumns = `tenant, userHash, sessionId, eventAt, messageId, channel, campaign, selfReferral,
       type, topic, partition, offset, orderKey, revenueMinor, currency`;

const markType = `Array(Tuple(at DateTime64(3, \\'UTC\\'), type String, effective UInt8,
         amountMinor Int64, currency String, messageId String))`;

/** Reads of orders are bounded by the keys that occur in scope. */
function markSql(scope: FactScope): string {
  const keys = `SELECT tenant, orderKey FROM events WHERE ${withinScope(scope)} AND orderKey != ''`;
  const effective = effectiveOrdersSql(`(tenant, orderKey) IN (${keys})`);
  return `(eventAt, toString(type), orderKey != '' AND (topic, partition, offset) IN (${effective}),
           ifNull(revenueMinor, 0), toString(currency), messageId)`;
}

const wholeSession = `(
             min(eventAt), argMinIf(named, (eventAt, messageId), names), groupArrayIf(mark, marked))`;

/** Sorted events of one user's local day, split where the silence is long enough. */
const sessionsWithoutId = `arrayMap(
             piece -> (
               piece[1].1, arrayFirst(event -> event.3, piece).4,
               arrayMap(event -> event.6, arrayFilter(event -> event.5, piece))),
             arraySplit(
               (event, silence) -> silence >= ${sessionSilenceMs},
               arraySort(groupArrayIf(
                 (eventAt, messageId, names, named, marked, mark), sessionId = '')) AS events,
               arrayDifference(arrayMap(event -> toUnixTimestamp64Milli(event.1), events))))`;

/** What tells a user's events without session id apart by the tenant's calendar day; the same for all
 *  events with one. One branch a zone, since functions of time take constant zones. */
export function sessionPartSql(zones: ReadonlyMap<string, string>): Sql {
  const branches: string[] = [];
  const params: Record<string, unknown> = {};
  [...new Set(zones.values())].forEach((zone, index) => {
    if (zone === 'UTC') return;
    branches.push(
      `has({zoneTenants${index}:Array(String)}, tenant), toDate(eventAt, {zone${index}:String})`,
    );
    params[`zone${index}`] = zone;
    params[`zoneTenants${index}`] = [...zones].flatMap(([tenant, of]) =>
      of === zone ? [tenant] : [],
    );
  });
  const utc = "toDate(eventAt, 'UTC')";
  const day = branches.length === 0 ? utc : `multiIf(${branches.join(', ')}, ${utc})`;
  return { text: `if(sessionId = '', ${day}, toDate(0))`, params };
}
