import type { EventType } from '../domain/event';

/** Every topic there is. A topic that changes meaning gets a new name: coordinates are for ever. */
const names = {
  click: 'events.click.v1',
  cart: 'events.cart.v1',
  order: 'events.order.v1',
  identity: 'events.identity.v1',
  import: 'events.import.v1',
  review: 'events.review.v1',
  clean: 'events.clean.v1',
  rejected: 'events.rejected.v1',
  deadLetter: 'events.dead-letter.v1',
} as const;

export type TopicKey = keyof typeof names;
export type Topics = Readonly<Record<TopicKey, string>>;

export const topicKeys = Object.keys(names) as readonly TopicKey[];
/** Topics that carry events as they happen, and with the import lane all that carry raw events. */
export const liveKeys = ['click', 'cart', 'order', 'identity'] as const;
export const rawKeys = [...liveKeys, 'import'] as const;
export type RawTopicKey = (typeof rawKeys)[number];
/** What the cleaner writes to: never fewer partitions than any source of it. */
export const cleanedKeys = ['clean', 'rejected', 'deadLetter'] as const;

/** Topic names under a prefix (setting TOPIC_PREFIX), so that several installations or tests can
 *  share one Kafka. */
export function topicsOf(prefix = ''): Topics {
  const entries = topicKeys.map((key) => [key, prefix + names[key]] as const);
  return Object.freeze(Object.fromEntries(entries)) as Topics;
}

export const laneNames = ['live', 'import'] as const;
export type Lane = (typeof laneNames)[number];

/** The lane a source topic belongs to: imports are a lane of their own, all others are live. */
export function laneOf(topic: string, topics: Topics): Lane {
  return topic === topics.import ? 'import' : 'live';
}

/** The raw topic of a track, page or screen call by its event type. */
export function rawTopicOf(type: EventType): 'click' | 'cart' | 'order' {
  switch (type) {
    case 'product_added':
    case 'product_removed':
    case 'product_wishlisted':
      return 'cart';
    case 'checkout_started':
    case 'payment_info_entered':
    case 'order_completed':
    case 'order_refunded':
    case 'order_cancelled':
      return 'order';
    default:
      return 'click';
  }
}

/** The registry's name for the schema of a topic's values. */
export function subjectOf(topic: string): string {
  return `${topic}-value`;
}

/** In the order of the flow. The cleaner has two: imports are a lane of their own. */
export const groupNames = ['cleaner', 'cleaner-import', 'interests', 'metrics'] as const;
export type GroupName = (typeof groupNames)[number];

/** Groups whose effects are in Redis. */
export const redisGroups = [
  'cleaner',
  'cleaner-import',
  'interests',
] as const satisfies readonly GroupName[];

/** The name of a consumer group under a prefix (setting KAFKA_GROUP_PREFIX). */
export function groupOf(name: GroupName, prefix = 'tributary.'): string {
  return prefix + name;
}
