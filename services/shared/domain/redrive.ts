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
 * is what it was at the first delivery, and a record without a message id gets the one it would have
 * had, so that every copy is the same message: one is counted, and the others are duplicates of it.
 */
export function redriven(event: Event, { source, appendedAt }: DeadRecord): Event {
  const place = coordinatesText(source);
  const receivedAt = event.receivedAt ?? appendedAt;
  const { originalAt, sentAt } = event;
  const time = eventTime({ originalAt, sentAt, receivedAt });
  const isNameless = event.messageId === '' && originalAt === null;
  return {
    ...event,
    ...(isNameless && { messageId: place, messageIdMade: true }),
    receivedAt,
    eventAt: event.eventAt ?? time.eventAt,
    clock: event.clock ?? time.clock,
    redriveOf: event.redriveOf ?? place,
  };
}
