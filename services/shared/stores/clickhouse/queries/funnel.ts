import type { EventType } from '../../../domain/event';
import {
  areStoredSteps,
  defaultConversionMs,
  type FunnelActor,
  type FunnelOrder,
  type FunnelReport,
  type FunnelRow,
} from '../../../domain/funnel-report';
import { type Interval, isAligned } from '../../../domain/interval';
import { sessionLookBackMs } from '../../../domain/session';
import type { ClickHouse } from '../client';
import { type FactScope, factsSql, type Sql, scopeParams } from '../facts';
import { sessionsSql } from '../sessions';
import { startOf, startSql } from './interval';
import { ask, askOne, type Query, type RawRow } from './query';
import { isStale } from './stuck-windows';

export interface FunnelFilter extends FactScope {
  readonly tenant: string;
  readonly by: FunnelActor;
  readonly steps: readonly EventType[];
  readonly interval: Interval;
  readonly zone: string;
}

export interface FunnelQuestion extends FunnelFilter {
  readonly order: FunnelOrder;
  /** Null: no limit. */
  readonly conversionMs: number | null;
}

/** Reads the stored hours where they are what is asked for, and facts otherwise. */
export async function readFunnel(
  clickhouse: ClickHouse,
  question: FunnelQuestion,
): Promise<FunnelReport> {
  const { order, conversionMs } = question;
  if (order === 'any') {
    return { rows: await ask(clickhouse, stepCounts(question)), stale: false };
  }
  if (!isFunnelStored(question)) {
    return { rows: await ask(clickhouse, orderedFunnel(question, conversionMs)), stale: false };
  }
  const [rows, stale] = await Promise.all([
    ask(clickhouse, storedFunnel(question)),
    askOne(clickhouse, isStale('funnel_1h', question)),
  ]);
  return { rows, stale };
}

function isFunnelStored(question: FunnelQuestion): boolean {
  const { interval, traffic, conversionMs, steps } = question;
  const asStored = interval === 'hour' && traffic === 'clean' && areStoredSteps(steps);
  return asStored && conversionMs === defaultConversionMs && isAligned(question, 3_600_000);
}

/** A conversion window longer than any data: no limit. */
const unlimitedMs = Number.MAX_SAFE_INTEGER;

/**
 * Users or sessions by the deepest chain, in order, that starts with an entering event inside the
 * row's time and stays within the conversion window (null: no limit), also where that reaches beyond
 * the row's time. Equal times count as in order (windowFunnel's default mode): the events of one page
 * load share a millisecond.
 */
export function orderedFunnel(filter: FunnelFilter, conversionMs: number | null): Query<FunnelRow> {
  const { steps, interval, from, to } = filter;
  const reach = conversionMs ?? unlimitedMs;
  const done = doneSql(filter, { ...filter, to: to + reach });
  const depths = steps.map((_, step) =>
    step === 0
      ? 'arrayMap(enters -> has(enters, entry), enterings)'
      : `arrayMap(did -> did = ${step + 1}, dids)`,
  );
  return {
    sql: `SELECT entry AS start, ${steps.map((_, step) => `countIf(depth > ${step}) AS s${step}`)}
  FROM (
    SELECT entry, arrayReduce('windowFunnel(${reach})', times, ${depths}) AS depth
      FROM (
        SELECT groupArray(toUInt64(toUnixTimestamp64Milli(at))) AS times,
               groupArray(step) AS dids, groupArray(enters) AS enterings,
               groupUniqArrayArray(enters) AS entries
          FROM (
            SELECT actor, at, indexOf({steps:Array(String)}, type) AS step,
                   if(step = 1 AND ${inRange}, [${startSql(interval, 'at')}], []) AS enters
              FROM (${done.text})
          )
         GROUP BY actor
      )
     ARRAY JOIN entries AS entry
  )
 GROUP BY start
 ORDER BY start`,
    params: { ...done.params, from, to, steps, zone: filter.zone },
    parseRow: (raw) => funnelRow(filter, raw),
  };
}

/** Distinct users or sessions that did each step inside the row's time. */
export function stepCounts(filter: FunnelFilter): Query<FunnelRow> {
  const { steps, interval, from, to } = filter;
  const done = doneSql(filter, filter);
  const counts = steps.map(
    (_, step) => `uniqExactIf(actor, type = {steps:Array(String)}[${step + 1}]) AS s${step}`,
  );
  return {
    sql: `SELECT ${startSql(interval, 'at')} AS start, ${counts}
  FROM (${done.text})
 WHERE ${inRange}
 GROUP BY start
 ORDER BY start`,
    params: { ...done.params, from, to, steps, zone: filter.zone },
    parseRow: (raw) => funnelRow(filter, raw),
  };
}

/** The stored hours of the default funnel. Hours must be asked for whole. */
export function storedFunnel(filter: FunnelFilter): Query<FunnelRow> {
  const counts = filter.by === 'user' ? 'users' : 'sessions';
  return {
    sql: `SELECT toUnixTimestamp(start) AS start,
       ${filter.steps.map((_, step) => `${counts}[${step + 1}] AS s${step}`)}
  FROM funnel_1h FINAL
 WHERE tenant = {tenant:String} AND ${counts}[1] > 0
   AND start >= fromUnixTimestamp64Milli({readFrom:Int64}, 'UTC')
   AND start < fromUnixTimestamp64Milli({readTo:Int64}, 'UTC')
 ORDER BY start`,
    params: scopeParams(filter),
    parseRow: (raw) => funnelRow(filter, raw),
  };
}

const inRange = `at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
   AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')`;

/** Rows (actor, at, type): who did a step, and when. */
function doneSql(filter: FunnelFilter, scope: FactScope): Sql {
  const { by, steps, tenant, zone } = filter;
  if (by === 'user') {
    const facts = factsSql('tenant, userHash, eventAt, type', scope);
    return {
      text: `SELECT userHash AS actor, eventAt AS at, type
  FROM (${facts} AND type IN {steps:Array(String)})`,
      params: scopeParams(scope),
    };
  }
  const sessions = sessionsSql({
    scope: { ...scope, from: scope.from - sessionLookBackMs, to: scope.to + sessionLookBackMs },
    selfReferral: 'clean',
    marks: steps,
    onlyMarked: true,
    zones: new Map([[tenant, zone]]),
  });
  return {
    text: `SELECT (userHash, sessionId, start) AS actor, mark.at AS at, mark.type AS type
  FROM (${sessions.text})
 ARRAY JOIN marks AS mark`,
    params: sessions.params,
  };
}

function funnelRow({ steps, interval }: FunnelFilter, raw: RawRow): FunnelRow {
  return {
    start: startOf(interval, raw.start),
    entered: steps.map((_, step) => Number(raw[`s${step}`])),
  };
}
