import { type Event, userKey } from './event';
import { isFiller } from './filler';

/**
 * What an order is known by: its id, or its user and time where the id is missing or a filler such as
 * `(not set)` (tag managers send one filler for many orders; folding them would lose hundreds).
 * '' for events that complete no order. The earliest effective copy of a key counts.
 */
export function orderKey(
  event: Pick<Event, 'type' | 'effect' | 'anonymousId' | 'userId'>,
  eventAt: number,
): string {
  if (event.type !== 'order_completed') return '';
  const orderId = event.effect?.orderId ?? '';
  return isFiller(orderId) ? `user/${userKey(event) ?? ''}/${eventAt}` : orderId;
}
