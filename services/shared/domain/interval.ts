import { latestEventAt } from './event-row';

/** How an answer is cut into rows: one for the whole asked time, one an hour (UTC), one a day of the
 *  tenant's time zone. */
export const intervals = ['total', 'hour', 'day'] as const;
export type Interval = (typeof intervals)[number];

/** Event time, from inclusive to exclusive, milliseconds UTC. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Every event time there is: windows start at 32-bit seconds. */
export const allTime: TimeRange = { from: 0, to: latestEventAt + 1 };

/** Whether both ends of the range, where it has any, lie on a multiple of the unit. */
export function isAligned({ from, to }: TimeRange, unitMs: number): boolean {
  return from % unitMs === 0 && (to % unitMs === 0 || to === allTime.to);
}
