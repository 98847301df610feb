export interface Pace {
  /** Shortest time between two runs while records keep coming. */
  readonly everyMs: number;
  /** Rest after a run, in times of what it took, for every thousand records a second that come: the
   *  fuller the stream, the smaller the share of the server that recomputing takes. */
  readonly restFactor: number;
  /** Shortest time between two runs once nothing comes any more. */
  readonly idleEveryMs: number;
}

/** The last run of a keeper, and what has happened since. */
export interface Rest {
  readonly tookMs: number;
  /** Since it ended; Infinity where there was none. */
  readonly elapsedMs: number;
  /** Facts written since it began. */
  readonly facts: number;
  /** Nothing comes any more. */
  readonly idle: boolean;
}

/** Whether windows may be recomputed again. In every case the rest is as long as the last run. */
export function hasRested(pace: Pace, { tookMs, elapsedMs, facts, idle }: Rest): boolean {
  if (idle) return elapsedMs >= Math.max(pace.idleEveryMs, tookMs);
  const thousandsPerSecond = facts / Math.max(elapsedMs, 1);
  const restMs = tookMs * Math.max(1, pace.restFactor * thousandsPerSecond);
  return elapsedMs >= Math.max(pace.everyMs, restMs);
}
