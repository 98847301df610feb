import { latestEventAt } from '../../domain/event-row';
import { outcomesOf, type Traffic } from '../../domain/traffic';

/** A piece of SQL and the parameters bound in it. Pieces are put together by their text; a
 *  parameter name means the same everywhere, so the parameters of a whole are those of its parts. */
export interface Sql {
  readonly text: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Which facts are read: event time from inclusive to exclusive, milliseconds UTC. */
export interface FactScope {
  /** Null: every tenant. */
  readonly tenant: string | null;
  readonly from: number;
  readonly to: number;
  readonly traffic: Traffic;
}

/** The scope widened on both sides, so that sessions that reach into it are seen whole. */
export function widened(scope: FactScope, byMs: number): FactScope {
  return { ...scope, from: scope.from - byMs, to: scope.to + byMs };
}

/** SELECT of columns of `events` for the facts in scope, each source coordinate once, under its last
 *  version. `prewhere` may only use columns of the sort key: it is applied before versions are
 *  told apart. Parameters: scopeParams. */
export function factsSql(columns: string, scope: FactScope, prewhere?: string): string {
  return `SELECT ${columns}
  FROM events FINAL
${prewhere === undefined ? '' : ` PREWHERE ${prewhere}\n`} WHERE ${withinScope(scope)}
   AND outcome IN {outcomes:Array(String)}`;
}

/** Condition on a table with `tenant` and `eventAt` for the scope's tenant and time. The sort key
 *  holds the hour, not the time: without naming the hour nothing would be skipped. */
export function withinScope({ tenant }: FactScope): string {
  const ofTenant = tenant === null ? '' : 'tenant = {tenant:String}\n   AND ';
  return `${ofTenant}toStartOfHour(eventAt) >= toStartOfHour(${readFrom})
   AND toStartOfHour(eventAt) <= toStartOfHour(${readTo})
   AND eventAt >= ${readFrom} AND eventAt < ${readTo}`;
}

const readFrom = "fromUnixTimestamp64Milli({readFrom:Int64}, 'UTC')";
const readTo = "fromUnixTimestamp64Milli({readTo:Int64}, 'UTC')";

/** Parameters that factsSql, withinScope and everything built on them bind. */
export function scopeParams({ tenant, from, to, traffic }: FactScope): Sql['params'] {
  return {
    ...(tenant !== null && { tenant }),
    readFrom: boundedTime(from),
    readTo: boundedTime(to),
    outcomes: outcomesOf(traffic),
  };
}

/** The time, or the end of all event times that it lies beyond. */
export function boundedTime(timeMs: number): number {
  return Math.min(Math.max(Math.trunc(timeMs), 0), latestEventAt);
}
