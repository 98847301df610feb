import type { Interval } from '../../../domain/interval';

/** SQL for the start of the row that a time belongs to, in Unix seconds; 0 where all is one row.
 *  Binds `zone` for days. */
export function startSql(interval: Interval, time: string): string {
  switch (interval) {
    case 'total':
      return 'toUInt32(0)';
    case 'hour':
      return `toUnixTimestamp(toStartOfHour(${time}))`;
    case 'day':
      return `toUnixTimestamp(toStartOfDay(toTimeZone(${time}, {zone:String})))`;
  }
}

/** The column `start` of an answer, as milliseconds UTC; null where all is one row. */
export function startOf(interval: Interval, seconds: unknown): number | null {
  return interval === 'total' ? null : Number(seconds) * 1000;
}
