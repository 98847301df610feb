import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when this many further events may go out. */
export type Pace = (events: number) => Promise<void>;

/** Events a second, or as fast as the collector accepts them. */
export type Speed = number | 'max';

export function paceOf(speed: Speed): Pace {
  return speed === 'max' ? async () => {} : evenPace(speed);
}

export interface Waiting {
  now(): number;
  wait(ms: number): Promise<unknown>;
}

const realTime: Waiting = { now: Date.now, wait: (ms) => sleep(ms) };

/** An even pace, measured from the first call; a stall is not caught up on. */
export function evenPace(eventsPerSecond: number, { now, wait } = realTime): Pace {
  let free = Number.NEGATIVE_INFINITY;
  return async (events) => {
    const early = free - now();
    if (early > 0) await wait(early);
    free = Math.max(free, now()) + (events / eventsPerSecond) * 1000;
  };
}

/** Events a request so that a slow replay still sends about ten requests a second. */
export function eventsPerRequest(speed: Speed, most: number): number {
  if (speed === 'max') return most;
  return Math.max(1, Math.min(most, Math.round(speed / 10)));
}
