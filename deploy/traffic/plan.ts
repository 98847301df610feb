/** Everything the traffic follows from: the same plan gives the same messages at the same times. */
export interface TrafficPlan {
  readonly seed: number;
  /** When it begins, milliseconds UTC; time stamps count from here. */
  readonly startAt: number;
  /** Begins every id, so that a second run with the same seed is other people with other messages. */
  readonly run: string;
  /** Events that people and crawlers make a second; copies sent again come on top. At least 1: the
   *  followed person alone makes about that many at the usual pace. */
  readonly eventsPerSecond: number;
  /** How much faster than in life people move: 1 is life, 10 lets a visit of ten minutes take one.
   *  Time stamps are never compressed: what happens now has happened now. */
  readonly pace: number;
  /** The anonymousId of the person who never leaves, for whoever wants to watch one. */
  readonly followed: string;
  /** How long phones without network keep what happened, hours between the last event and its
   *  delivery. Their visits lie in the past, so a short run has late events too. */
  readonly offlineHours: { readonly least: number; readonly most: number };
}

/** Whom the panel and the page watch unless they are told another id. */
export const defaultFollowed = 'demo-visitor';

export const defaultPace = 10;
export const defaultEventsPerSecond = 50;
