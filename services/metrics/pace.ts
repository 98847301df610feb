import type { TaskHistory } from './schedule';

export interface Pace {
  /** Shortest time between two runs while records keep coming. */
  readonly everyMs: number;
  /** While records keep coming, a run is followed by a rest of this many times what it took, so that
   *  recomputing never takes more than its share of the server. */
  readonly restFactor: number;
  /** Shortest time between two runs once nothing comes any more. */
  readonly idleEveryMs: number;
}

/** Whether windows may be recomputed again. In every case the rest is as long as the last run. */
export function hasRested(
  pace: Pace,
  { now, endedAt, tookMs }: TaskHistory,
  idle: boolean,
): boolean {
  const restMs = idle
    ? Math.max(pace.idleEveryMs, tookMs)
    : Math.max(pace.everyMs, tookMs * pace.restFactor);
  return now - endedAt >= restMs;
}
