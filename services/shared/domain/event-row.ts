import { type Coordinates, type Event, type Item, userKey } from './event';
import { orderKey } from './order';
import type { JudgedEvent } from './outcome';

/** A row of the `events` table: one version of one source coordinate. Times are milliseconds UTC,
 *  money is minor units, '' is "none". */
export interface EventRow {
  readonly tenant: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly version: number;
  readonly outcome: string;
  readonly reason: string;
  readonly evidence: string;
  readonly firstCounted: boolean;
  readonly weightsVersion: number;
  readonly heldBy: string;
  readonly eventAt: number;
  readonly receivedAt: number;
  readonly appendedAt: number;
  readonly originalAt: number | null;
  readonly sentAt: number | null;
  readonly clock: string;
  /** The key the event's user is known by; the table keeps a keyed hash of it. '' for none. */
  readonly user: string;
  readonly anonymousId: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly messageId: string;
  readonly contentHash: string;
  readonly type: string;
  readonly name: string;
  readonly sessionId: string;
  readonly category: string;
  readonly searchQuery: string;
  readonly items: readonly Item[];
  readonly shop: string;
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
  readonly term: string;
  readonly content: string;
  readonly clickId: string;
  readonly referrer: string;
  readonly url: string;
  readonly channel: string;
  readonly selfReferral: boolean;
  readonly orderId: string;
  readonly orderKey: string;
  readonly revenueMinor: number | null;
  readonly taxMinor: number | null;
  readonly shippingMinor: number | null;
  readonly currency: string;
  readonly coupon: string;
  /** The message value the row was made from. */
  readonly record: Buffer;
}

/** Event times lie below it, 2106-01-01T00:00:00Z: windows start at 32-bit seconds, with some room for
 *  what is reckoned around them. */
export const latestEventAt = Date.UTC(2106, 0, 1);

/**
 * The row of a judged record; the same record gives the same row at every delivery. Bytes that did
 * not decode stand under tenant '' and their append time. Event time before 1970 or after 2106
 * stands at that bound, because windows cannot start elsewhere; originalAt keeps what was sent.
 * One literal, because putting the row together from parts takes thirty times as long.
 */
export function eventRow(judged: JudgedEvent, record: Buffer): EventRow {
  const event = judged.event ?? undecodable;
  const { channel, effect } = event;
  const eventAt = withinWindows(event.eventAt ?? judged.appendedAt);
  return {
    tenant: event.tenant,
    topic: judged.source.topic,
    partition: judged.source.partition,
    offset: judged.source.offset,
    version: judged.version,
    outcome: judged.outcome,
    reason: judged.reason,
    evidence: judged.evidence,
    firstCounted: judged.firstCounted,
    weightsVersion: judged.weightsVersion,
    heldBy: judged.heldBy === null ? '' : coordinatesText(judged.heldBy),
    eventAt,
    receivedAt: event.receivedAt ?? judged.appendedAt,
    appendedAt: judged.appendedAt,
    originalAt: event.originalAt,
    sentAt: event.sentAt,
    clock: event.clock ?? '',
    user: userKey(event) ?? '',
    anonymousId: event.anonymousId ?? '',
    userId: event.userId ?? '',
    deviceId: event.deviceId ?? '',
    messageId: event.messageId,
    contentHash: event.contentHash ?? '',
    type: event.type,
    name: event.name,
    sessionId: event.sessionId ?? '',
    category: event.category ?? '',
    searchQuery: event.searchQuery ?? '',
    items: event.items,
    shop: event.shop ?? '',
    source: channel.source ?? '',
    medium: channel.medium ?? '',
    campaign: channel.campaign ?? '',
    term: channel.term ?? '',
    content: channel.content ?? '',
    clickId: channel.clickId ?? '',
    referrer: channel.referrer ?? '',
    url: channel.url ?? '',
    channel: channel.group ?? '',
    selfReferral: channel.selfReferral,
    orderId: effect?.orderId ?? '',
    orderKey: judged.outcome === 'duplicate' ? '' : orderKey(event, eventAt),
    revenueMinor: effect?.revenueMinor ?? null,
    taxMinor: effect?.taxMinor ?? null,
    shippingMinor: effect?.shippingMinor ?? null,
    currency: event.currency ?? '',
    coupon: effect?.coupon ?? '',
    record,
  };
}

/** `topic/partition/offset`. */
export function coordinatesText({ topic, partition, offset }: Coordinates): string {
  return `${topic}/${partition}/${offset}`;
}

function withinWindows(timeMs: number): number {
  return Math.min(Math.max(timeMs, 0), latestEventAt - 1);
}

const undecodable: Event = {
  tenant: '',
  messageId: '',
  messageIdMade: false,
  type: 'custom',
  name: '',
  anonymousId: null,
  userId: null,
  deviceId: null,
  ip: null,
  userAgent: null,
  library: null,
  sessionId: null,
  originalAt: null,
  sentAt: null,
  receivedAt: null,
  eventAt: null,
  clock: null,
  contentHash: null,
  category: null,
  searchQuery: null,
  items: [],
  shop: null,
  channel: {
    source: null,
    medium: null,
    campaign: null,
    term: null,
    content: null,
    clickId: null,
    referrer: null,
    url: null,
    group: null,
    selfReferral: false,
  },
  currency: null,
  effect: null,
  properties: '{}',
  invalid: null,
  redriveOf: null,
};
