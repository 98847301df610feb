import type { FactRanges } from '../../domain/fact-ranges';
import { funnelSteps } from '../../domain/funnel';
import type { Span } from '../../domain/intervals';
import { longestDayMs } from '../../domain/session';
import { boundedTime, type Sql } from './facts';
import { sessionPartSql } from './sessions';

export interface Reaches {
  readonly lookBackMs: number;
  readonly conversionWindowMs: number;
  readonly zones: ReadonlyMap<string, string>;
}

/**
 * Minutes whose window may have changed because these facts were written: rows (tenant, starts),
 * seconds. Those of every event of their sessions, since an arrival may move a session's start or
 * channel (and where there is no session id, join or part the sessions of the user's day), and those
 * of other copies of their orders, one of which may now be the first.
 *
 * Outcomes are not asked for. What was retracted touches as what was added does, and a fact that is
 * delivered again touches again: the process that wrote it first may have died before recomputing.
 */
export function touchedMinutesSql(facts: FactRanges, { lookBackMs, zones }: Reaches): Sql {
  const part = sessionPartSql(zones);
  const within = spansSql('eventAt', 'reach', facts.eventAt.spans, lookBackMs);
  const fresh = freshSql(facts);
  const copies = `
    UNION ALL
    SELECT tenant, toStartOfMinute(eventAt) AS minute
      FROM orders
     WHERE (tenant, orderKey) IN (
             SELECT tenant, orderKey FROM events ${fresh.text} AND orderKey != '')`;
  return {
    text: `SELECT tenant, groupUniqArray(toUnixTimestamp(minute)) AS starts
  FROM (
    SELECT tenant, toStartOfMinute(eventAt) AS minute
      FROM events
     WHERE ${within.text}
       AND (tenant, userHash, sessionId, ${part.text}) IN (
             SELECT tenant, userHash, sessionId, ${part.text} FROM events ${fresh.text})${
               facts.hasOrders ? copies : ''
             }
  )
 GROUP BY tenant`,
    params: { ...part.params, ...within.params, ...fresh.params },
  };
}

/**
 * Entering hours whose funnel may have changed because these facts were written: rows (tenant,
 * starts), seconds. Those in which the user of a step entered up to the conversion window before it
 * (a cart at 00:10 changes the hour 23 in which the product was viewed), and for events without a
 * session id of any type those of the user's day: one may bridge a silence and join two sessions.
 */
export function touchedHoursSql(facts: FactRanges, { conversionWindowMs }: Reaches): Sql {
  // As numbers: arithmetic on DateTime64 goes wrong before 1970.
  const ms = 'toUnixTimestamp64Milli(eventAt)';
  const reachMs = Math.max(conversionWindowMs, longestDayMs);
  const within = spansSql('eventAt', 'reach', facts.eventAt.spans, reachMs);
  const fresh = freshSql(facts);
  return {
    text: `SELECT tenant, groupUniqArray(toUnixTimestamp(toStartOfHour(eventAt))) AS starts
  FROM events
 INNER JOIN (
    SELECT tenant, userHash,
           min(${ms} - if(sessionId = '', {reachMs:Int64}, {windowMs:Int64})) AS enteredFrom,
           max(${ms} + if(sessionId = '', {reachMs:Int64}, 0)) AS enteredTo
      FROM events ${fresh.text} AND (sessionId = '' OR type IN {steps:Array(String)})
     GROUP BY tenant, userHash
  ) AS fresh USING (tenant, userHash)
 WHERE type = {steps:Array(String)}[1] AND ${within.text}
   AND ${ms} BETWEEN enteredFrom AND enteredTo
 GROUP BY tenant`,
    params: {
      ...within.params,
      ...fresh.params,
      steps: funnelSteps,
      reachMs,
      windowMs: conversionWindowMs,
    },
  };
}

/** Conditions that find the facts again among the events: by append time first, which is indexed. */
function freshSql(facts: FactRanges): Sql {
  const { offsets } = facts;
  const appended = spansSql('appendedAt', 'appended', facts.appendedAt.spans);
  const happened = spansSql('eventAt', 'happened', facts.eventAt.spans);
  return {
    text: `PREWHERE ${appended.text}
     WHERE ${happened.text} AND tenant != ''
       AND arrayExists(
             (ofTopic, ofPartition, first, last) ->
               topic = ofTopic AND partition = ofPartition AND offset BETWEEN first AND last,
             {freshTopics:Array(String)}, {freshPartitions:Array(UInt16)},
             {freshFirst:Array(UInt64)}, {freshLast:Array(UInt64)})`,
    params: {
      ...appended.params,
      ...happened.params,
      freshTopics: offsets.map(({ topic }) => topic),
      freshPartitions: offsets.map(({ partition }) => partition),
      freshFirst: offsets.map((one) => one.offsets.first),
      freshLast: offsets.map((one) => one.offsets.last),
    },
  };
}

/** Condition that a time lies within one of the spans, widened by `byMs` on both sides. */
function spansSql(column: string, name: string, spans: readonly Span[], byMs = 0): Sql {
  const params: Record<string, unknown> = {};
  const conditions = spans.map(({ first, last }, index) => {
    params[`${name}From${index}`] = boundedTime(first - byMs);
    params[`${name}To${index}`] = boundedTime(last + byMs);
    const from = `fromUnixTimestamp64Milli({${name}From${index}:Int64}, 'UTC')`;
    const to = `fromUnixTimestamp64Milli({${name}To${index}:Int64}, 'UTC')`;
    const hours =
      column === 'eventAt'
        ? `toStartOfHour(eventAt) BETWEEN toStartOfHour(${from}) AND toStartOfHour(${to}) AND `
        : '';
    return `${hours}${column} BETWEEN ${from} AND ${to}`;
  });
  return { text: `(${conditions.join(' OR ')})`, params };
}
