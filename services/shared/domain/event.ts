/** The unified event: user, channel, content, effect. Times are milliseconds UTC, money is integer
 *  minor units of `currency`. `schemas/avro/event.avsc` is this interface on the wire. */

export const eventTypes = [
  'page_viewed',
  'product_list_viewed',
  'product_viewed',
  'product_clicked',
  'products_searched',
  'promotion_clicked',
  'product_added',
  'product_removed',
  'product_wishlisted',
  'checkout_started',
  'payment_info_entered',
  'order_completed',
  'order_refunded',
  'order_cancelled',
  'custom',
] as const;
export type EventType = (typeof eventTypes)[number];

export interface Item {
  readonly productId: string | null;
  readonly sku: string | null;
  readonly name: string | null;
  readonly category: string | null;
  readonly brand: string | null;
  readonly priceMinor: number | null;
  readonly quantity: number | null;
}

/** Where the visit came from, as this one event says it. */
export interface EventChannel {
  readonly source: string | null;
  readonly medium: string | null;
  readonly campaign: string | null;
  readonly term: string | null;
  readonly content: string | null;
  /** Name of the advertising click id the landing URL carried (gclid, fbclid, ...). */
  readonly clickId: string | null;
  readonly referrer: string | null;
  readonly url: string | null;
  /** The channel group these fields amount to; null when they say nothing. */
  readonly group: string | null;
  /** The source is one of the tenant's own domains. */
  readonly selfReferral: boolean;
}

/** What the event did to a purchase; null for events that are about none. */
export interface Effect {
  readonly orderId: string | null;
  readonly revenueMinor: number | null;
  readonly taxMinor: number | null;
  readonly shippingMinor: number | null;
  readonly coupon: string | null;
}

/** How eventAt was found: see event-time.ts. */
export const clocks = ['as_sent', 'healthy', 'shifted', 'future', 'absent'] as const;
export type Clock = (typeof clocks)[number];

export interface Event {
  readonly tenant: string;
  readonly messageId: string;
  /** The SDK sent no message id: it is a hash of the content, or random where there is no time either. */
  readonly messageIdMade: boolean;
  readonly type: EventType;
  /** The event's name as it was sent. */
  readonly name: string;
  readonly anonymousId: string | null;
  readonly userId: string | null;
  readonly deviceId: string | null;
  /** Until cleaned: the cleaner publishes null here and in userAgent. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Name of the SDK (context.library.name). */
  readonly library: string | null;
  readonly sessionId: string | null;
  readonly originalAt: number | null;
  readonly sentAt: number | null;
  /** Null only in raw records of producers other than the collector; the cleaner fills all four. */
  readonly receivedAt: number | null;
  readonly eventAt: number | null;
  readonly clock: Clock | null;
  readonly contentHash: string | null;
  /** The category of a page or product list. */
  readonly category: string | null;
  readonly searchQuery: string | null;
  readonly items: readonly Item[];
  readonly shop: string | null;
  readonly channel: EventChannel;
  readonly currency: string | null;
  readonly effect: Effect | null;
  /** All properties as sent, one JSON object. */
  readonly properties: string;
  /** Why the collector refused the item, and what was wrong; null for a sound event. */
  readonly invalid: { readonly reason: string; readonly message: string } | null;
  /** Coordinates of the dead letter that this record sends again. */
  readonly redriveOf: string | null;
}

/** Where a record stands in Kafka: the identity of everything it causes. */
export interface Coordinates {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A sound event after the cleaner: derived fields are there, ip and user agent are gone. */
export interface CleanEvent extends Event {
  readonly receivedAt: number;
  readonly eventAt: number;
  readonly clock: Clock;
  readonly contentHash: string;
}

/** The id an event's user is known by in keys, sessions, funnels and paths: the anonymous id, or the
 *  user id where there is none; null for a refused item that carries neither. */
export function userKey(event: Pick<Event, 'anonymousId' | 'userId'>): string | null {
  return event.anonymousId ?? event.userId;
}

/** The Kafka key of a record and of every decision on it: the user's, so that one person's records stay
 *  in order; the message's where there is no user. */
export function recordKey(
  event: Pick<Event, 'tenant' | 'anonymousId' | 'userId' | 'messageId'>,
): string {
  return `${event.tenant}:${userKey(event) ?? event.messageId}`;
}

/** Every id under which the event takes effect: once each, once in all where they are equal. */
export function userIds(event: Pick<Event, 'anonymousId' | 'userId'>): readonly string[] {
  const ids = [event.anonymousId, event.userId].filter((id) => id !== null);
  return [...new Set(ids)];
}
