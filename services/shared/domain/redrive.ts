import type { Coordinates, Event } from './event';
import { coordinatesText } from './event-row';
import { eventTime } from './event-time';

export interface DeadRecord {
  readonly source: Coordinates;
  /** The append time of the record that died, milliseconds UTC. */
  readonly appendedAt: number;
}

/**
 * The event of a dead letter as it is sent again, under new coordinates. All that depends on the moment
 * is what it was at the first delivery, and what it says is what it said, so that every copy, and
 * the original where it is delivered again, is the same message: one is counted, and the others are
 * duplicates of it. Without a message id and a time it is known by `redriveOf`.
 */
export function redriven(event: Event, { source, appendedAt }: DeadRecord): Event {
  const receivedAt = event.receivedAt ?? appendedAt;
  const { originalAt, sentAt } = event;
  const time = eventTime({ originalAt, sentAt, receivedAt });
  return {
    ...event,
    receivedAt,
    eventAt: event.eventAt ?? time.eventAt,
    clock: event.clock ?? time.clock,
    redriveOf: coordinatesText(source),
  };
}

/** The id that a redriven event's message has; null where only its content says it. */
export function redrivenId({ messageId, originalAt, redriveOf }: Event): string | null {
  if (messageId !== '') return messageId;
  return originalAt === null ? redriveOf : null;
}
