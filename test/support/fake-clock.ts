import type { Clock } from '../../services/shared/runtime/clock';

export interface FakeClock extends Clock {
  /** Moves time on. */
  advance(ms: number): void;
}

/** A clock that stands still until it is moved. */
export function aClock(startAt: number): FakeClock {
  let time = startAt;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
    },
  };
}
