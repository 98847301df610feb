import type { Interval } from '../../../domain/interval';
import { type FactScope, factsSql, scopeParams } from '../facts';
import { startOf, startSql } from './interval';
import type { Query } from './query';

export interface CountsFilter extends FactScope {
  readonly interval: Interval;
  /** Time zone of days, an IANA name. */
  readonly zone: string;
}

export interface EventCount {
  readonly start: number | null;
  readonly type: string;
  /** As it was sent. */
  readonly name: string;
  readonly events: number;
}

/** Events by type and by the name they were sent under. */
export function eventCounts(filter: CountsFilter): Query<EventCount> {
  const { interval, zone } = filter;
  return {
    sql: `SELECT ${startSql(interval, 'eventAt')} AS start, type, name, count() AS events
  FROM (${factsSql('eventAt, type, name', filter)})
 GROUP BY start, type, name
 ORDER BY start, type, name`,
    params: { ...scopeParams(filter), zone },
    parseRow: (raw) => ({
      start: startOf(interval, raw.start),
      type: String(raw.type),
      name: String(raw.name),
      events: Number(raw.events),
    }),
  };
}
