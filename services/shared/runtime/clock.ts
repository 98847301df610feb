/** Where "now" comes from, so that a test can say what time it is. Milliseconds UTC. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
