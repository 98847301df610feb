import { funnelSteps } from '../../domain/funnel';
import { type FactScope, type Sql, widened } from './facts';
import { sessionsSql } from './sessions';

export interface FunnelWindowsOptions {
  /** Entering hours that start in [from, to) are computed. */
  readonly scope: FactScope;
  /** All steps of a chain lie within this time of its first. */
  readonly conversionWindowMs: number;
  readonly zones: ReadonlyMap<string, string>;
  readonly prewhere?: string;
  readonly where?: string;
}

/** A calendar day can last 25 hours, so a session without id that has an event in reach of a window
 *  lies within this distance of it. */
const longestDayMs = 25 * 3_600_000;

/**
 * Hourly entering windows, from facts; only hours that somebody entered in:
 *
 *     tenant, start (DateTime, the hour)
 *     users, sessions    Array(UInt64): element n counts those whose deepest chain, in order, that
 *                        starts with the first step inside the hour and stays within the conversion
 *                        window, reached step n or further. windowFunnel's default mode: several
 *                        entering events compete, equal times count as in order.
 */
export function funnelWindowsSql(options: FunnelWindowsOptions): Sql {
  const { scope, conversionWindowMs, where = '1' } = options;
  const reach = Math.max(conversionWindowMs + 3_600_000, longestDayMs);
  const sessions = sessionsSql({
    ...options,
    scope: widened(scope, reach),
    selfReferral: 'clean',
    marks: funnelSteps,
    onlyMarked: true,
  });
  return {
    text: `SELECT tenant, start, [${reached('[userDepth]')}] AS users,
       [${reached('sessionDepths')}] AS sessions
  FROM (
    SELECT tenant, start, ${depthOf('arrayFlatten(sessionSteps)')} AS userDepth,
           arrayMap(steps -> ${depthOf('steps')}, sessionSteps) AS sessionDepths
      FROM (
        SELECT tenant, sessionSteps,
               arrayJoin(arrayDistinct(arrayMap(
                 step -> toStartOfHour(step.1),
                 arrayFilter(step -> step.2 = 1, arrayFlatten(sessionSteps))))) AS start
          FROM (
            SELECT tenant, userHash, groupArray(arrayMap(
                     mark -> (mark.at, indexOf({marks:Array(String)}, mark.type)), marks)) AS sessionSteps
              FROM (${sessions.text})
             WHERE notEmpty(marks)
             GROUP BY tenant, userHash
          )
      )
     WHERE start >= fromUnixTimestamp64Milli({windowsFrom:Int64}, 'UTC')
       AND start < fromUnixTimestamp64Milli({windowsTo:Int64}, 'UTC') AND ${where}
  )
 GROUP BY tenant, start`,
    params: {
      ...sessions.params,
      windowsFrom: scope.from,
      windowsTo: scope.to,
      conversionWindowMs,
      reachSeconds: Math.ceil(conversionWindowMs / 1000) + 3600 + 1,
    },
  };
}

/** How deep the chain of these (time, step number) goes that starts in the hour `start`. */
function depthOf(steps: string): string {
  const inReach = `arrayFilter(step -> step.1 >= start
             AND (step.1 < start + 3600 OR step.2 > 1 AND step.1 < start + {reachSeconds:UInt32}),
             ${steps})`;
  const conditions = funnelSteps.map(
    (_, index) => `arrayMap(step -> step.2 = ${index + 1}, ${inReach})`,
  );
  return `arrayReduce(
             concat('windowFunnel(', toString({conversionWindowMs:UInt64}), ')'),
             arrayMap(step -> toUInt64(toUnixTimestamp64Milli(step.1)), ${inReach}),
             ${conditions.join(',\n             ')})`;
}

/** Per step, how many of these depths (an array a row) are that deep or deeper. */
function reached(depths: string): string {
  return funnelSteps
    .map((_, index) => `sum(arrayCount(depth -> depth > ${index}, ${depths}))`)
    .join(', ');
}
