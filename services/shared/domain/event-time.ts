import type { Clock } from './event';

/** A device whose clock differs from ours by no more than this is taken at its word: what is left is
 *  the request's transit time, and adding that to some events and not to others would reorder them. */
export const healthyMs = 5 * 60_000;
/** No event is further ahead of its receipt than this. */
export const futureMs = 24 * 60 * 60_000;

export interface ClientTimes {
  /** The device's time of the event, milliseconds UTC. */
  readonly originalAt: number | null;
  /** The device's time of sending. */
  readonly sentAt: number | null;
  /** Our time of receipt. */
  readonly receivedAt: number;
}

export interface EventTime {
  readonly eventAt: number;
  readonly clock: Clock;
}

/** When an event happened, in our time, milliseconds UTC. Without a time of sending the device's time
 *  stands as it is (imports). With one, it stands where the device's clock is healthy, and is shifted
 *  by the clock's error otherwise. No time, or a shift that ends before 1970: the time of receipt.
 *  More than a day ahead of receipt: the time of receipt, flagged. Any age is fine. */
export function eventTime({ originalAt, sentAt, receivedAt }: ClientTimes): EventTime {
  if (originalAt === null) return { eventAt: receivedAt, clock: 'absent' };
  const error = sentAt === null ? 0 : receivedAt - sentAt;
  const healthy = Math.abs(error) <= healthyMs;
  const eventAt = healthy ? originalAt : originalAt + error;
  if (eventAt < 0) return { eventAt: receivedAt, clock: 'absent' };
  if (eventAt > receivedAt + futureMs) return { eventAt: receivedAt, clock: 'future' };
  if (sentAt === null) return { eventAt, clock: 'as_sent' };
  return { eventAt, clock: healthy ? 'healthy' : 'shifted' };
}
