/** Where "now" comes from, so that a test can say what time it is. Milliseconds UTC. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** For how long something takes or has waited: milliseconds since some moment. The time of day may be
 *  set, forward or back; whoever waits for an hour that comes twice stands still for an hour. */
export const steadyClock: Clock = { now: () => performance.now() };
