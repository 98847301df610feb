import { funnelSteps } from '../../domain/funnel';
import { longestDayMs } from '../../domain/session';
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
  // Sessions without id need the rest of their day to be told apart.
  const reach = Math.max(conversionWindowMs + 3_600_000, longestDayMs);
  const sessions = sessionsSql({
    ...options,
    scope: widened(scope, reach),
    selfReferral: 'clean',
    marks: funnelSteps,
    onlyMarked: true,
  });
  return {
    text: `SELECT tenant, start, sumForEachIf(reached, isUser) AS users,
       sumForEachIf(reached, NOT isUser) AS sessions
  FROM (
    SELECT tenant, start, isUser, arrayMap(step -> depth >= step, ${stepNumbers}) AS reached,
           arrayReduce(
             concat('windowFunnel(', toString({conversionWindowMs:UInt64}), ')'),
             arrayMap(step -> step.1, chain), ${stepConditions}) AS depth
      FROM (
        SELECT tenant, start, arrayMap(
                 steps -> arrayFilter(step -> step.1 >= entryMs AND step.1 <= entryMs + {reachMs:UInt64}
                   AND (step.2 > 1 OR step.1 < entryMs + 3600000), steps), sessionSteps) AS chains
          FROM (
            SELECT tenant, sessionSteps, toDateTime(intDiv(entryMs, 1000), 'UTC') AS start,
                   arrayJoin(arrayDistinct(arrayMap(
                     step -> intDiv(step.1, 3600000) * 3600000,
                     arrayFilter(step -> step.2 = 1, arrayFlatten(sessionSteps))))) AS entryMs
              FROM (
                SELECT tenant, userHash, groupArray(arrayMap(
                         mark -> (toUInt64(toUnixTimestamp64Milli(mark.at)),
                                  indexOf({marks:Array(String)}, mark.type)), marks)) AS sessionSteps
                  FROM (${sessions.text})
                 WHERE notEmpty(marks)
                 GROUP BY tenant, userHash
              )
          )
         WHERE start >= fromUnixTimestamp64Milli({windowsFrom:Int64}, 'UTC')
           AND start < fromUnixTimestamp64Milli({windowsTo:Int64}, 'UTC') AND ${where}
      )
     ARRAY JOIN arrayPushFront(chains, arrayFlatten(chains)) AS chain,
                arrayMap(at -> at = 1, arrayEnumerate(arrayPushFront(chains, []))) AS isUser
  )
 GROUP BY tenant, start`,
    params: {
      ...sessions.params,
      windowsFrom: scope.from,
      windowsTo: scope.to,
      conversionWindowMs,
      reachMs: conversionWindowMs + 3_600_000,
    },
  };
}

const stepNumbers = `[${funnelSteps.map((_, index) => index + 1)}]`;

/** One condition array a step for windowFunnel, over the (time, step number) of a chain. */
const stepConditions = funnelSteps
  .map((_, index) => `arrayMap(step -> step.2 = ${index + 1}, chain)`)
  .join(', ');
