import { withDerived } from '../../services/shared/domain/derived';
import type { Event, EventType } from '../../services/shared/domain/event';
import type { Outcome, Verdict } from '../../services/shared/domain/outcome';
import type { Tenant } from '../../services/shared/domain/tenant';
import type { Codec } from '../../services/shared/runtime/codec';
import { sha256Hex } from '../../services/shared/runtime/hash';
import { partitionOf } from '../../services/shared/runtime/publisher';
import type { Topics } from '../../services/shared/runtime/topics';
import { aChannel, anEvent, anItem } from '../support/event-builders';
import type { Random } from './random';

/** A record on its way into a raw topic. */
export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer | null;
}

export interface WorkloadOptions {
  readonly random: Random;
  readonly topics: Topics;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly codec: Codec<Event>;
  /** Partitions of each raw topic. */
  readonly partitions: number;
  readonly startAt: number;
}

const types: readonly EventType[] = [
  'product_viewed',
  'product_viewed',
  'product_viewed',
  'product_added',
  'product_removed',
  'checkout_started',
  'order_completed',
  'order_completed',
  'order_refunded',
  'page_viewed',
];

/**
 * Events of few users, sessions and orders, so that they meddle with each other: late and early ones,
 * copies of one message in the same topic and in another, other messages under a known id, bots,
 * refused items, bytes that are no record. In the order in which they are sent.
 */
export function rawRecords(options: WorkloadOptions): readonly RawRecord[] {
  const { random } = options;
  const count = random.between(8, 24);
  const events = Array.from({ length: count }, (_, nth) => eventOf(nth, options));
  const copies = events.filter(() => random.chance(0.25));
  const reused = events
    .filter(() => random.chance(0.08))
    .map((event) => ({ ...otherContent(event, options), messageId: event.messageId }));
  const records = [...events, ...copies, ...reused].map((event) => recordOf(event, options));
  const rubbish = Array.from({ length: random.below(2) }, () => rubbishOf(options));
  return random.shuffled([...records, ...rubbish]);
}

const minuteMs = 60_000;
/** Few, so that users share windows; some further apart than a session without id lasts. */
const minutesAgo = [0, 1, 2, 5, 12, 31, 33, 64, 90];
const dayMs = 86_400_000;

function eventOf(nth: number, options: WorkloadOptions): Event {
  const { random, startAt } = options;
  const type = random.pick(types);
  const tenant = random.pick([
    'demo',
    'demo',
    'demo',
    'tokyo',
    random.chance(0.2) ? 'nobody' : 'demo',
  ]);
  const agoMs = random.chance(0.1)
    ? random.between(10, 40) * dayMs
    : random.pick(minutesAgo) * minuteMs;
  const originalAt = startAt - agoMs + nth;
  const userId = random.pick([null, null, 'u-1', 'u-2']);
  const event = anEvent({
    ...underived,
    tenant,
    type,
    name: type,
    messageId: `m-${nth}`,
    anonymousId: userId !== null && random.chance(0.2) ? null : random.pick(['ann', 'bob', 'cid']),
    userId,
    sessionId: random.pick([null, 's-1', 's-2']),
    originalAt: random.chance(0.05) ? null : originalAt,
    sentAt: originalAt + agoMs,
    userAgent: random.chance(0.06)
      ? 'Googlebot/2.1'
      : 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
    invalid: random.chance(0.04) ? { reason: 'invalid_amount', message: 'NaN' } : null,
    ...contentOf(type, options),
  }) as Event;
  const isFromCollector = random.chance(0.5) && options.tenants.has(tenant);
  return isFromCollector ? collected(event, options) : event;
}

/** What a producer other than the collector leaves to the cleaner. */
const underived = { receivedAt: null, eventAt: null, clock: null, contentHash: null };

function contentOf(type: EventType, { random }: WorkloadOptions): Partial<Event> {
  const money = { revenueMinor: random.between(1, 9) * 100, taxMinor: null, shippingMinor: null };
  const isOrder = type === 'order_completed' || type === 'order_refunded';
  return {
    items: [
      anItem({ category: random.pick(['Bags', 'Hats']), priceMinor: random.pick([500, 9000]) }),
    ],
    channel: aChannel({
      group: random.pick([null, null, 'Email', 'Referral']),
      campaign: random.pick([null, 'spring']),
      selfReferral: random.chance(0.1),
    }),
    currency: random.pick(['USD', 'EUR']),
    effect: isOrder ? { ...money, orderId: random.pick(['o-1', 'o-2', null]), coupon: null } : null,
  };
}

/** As the collector completes it: receipt is what the record will be appended at, or a little less. */
function collected(event: Event, { startAt, tenants }: WorkloadOptions): Event {
  const tenant = tenants.get(event.tenant);
  if (tenant === undefined) return event;
  return withDerived(event, startAt, { tenant, sha256Hex });
}

/** Another message of perhaps another user, at another time. */
function otherContent(event: Event, options: WorkloadOptions): Event {
  const other = eventOf(options.random.between(30, 60), options);
  return { ...other, tenant: event.tenant, originalAt: (other.originalAt ?? options.startAt) - 7 };
}

function recordOf(event: Event, { random, topics, codec, partitions }: WorkloadOptions): RawRecord {
  const key = `${event.tenant}:${event.anonymousId ?? event.userId}`;
  const topic = random.pick([topics.click, topics.click, topics.order, topics.import]);
  return { topic, partition: partitionOf(key, partitions), key, value: codec.encode(event) };
}

function rubbishOf({ random, topics, partitions }: WorkloadOptions): RawRecord {
  const value = random.pick([null, Buffer.from('no record'), Buffer.from([0, 0, 0, 0, 1, 9, 9])]);
  return { topic: topics.click, partition: random.below(partitions), key: '', value };
}

/** What may be decided about a record of each outcome. */
export const decisions: Readonly<Partial<Record<Outcome, readonly Verdict[]>>> = {
  held: [
    { outcome: 'counted', reason: 'released' },
    { outcome: 'rejected', reason: 'confirmed' },
  ],
  counted: [
    { outcome: 'held', reason: 'reviewer' },
    { outcome: 'rejected', reason: 'retracted' },
    { outcome: 'rejected', reason: 'retracted' },
  ],
  bot: [{ outcome: 'counted', reason: 'restored' }],
  rejected: [{ outcome: 'counted', reason: 'restored' }],
  collision: [{ outcome: 'counted', reason: 'released' }],
};
