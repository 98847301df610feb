import type { OrderSubject } from '../../domain/order-history';

/** Every key pattern in Redis. Keys of one user or one bucket share a hash tag, the part in braces,
 *  and so a slot of a cluster. */
export interface RedisKeys {
  /** Sorted set: tag to stored weight. Lives 90 days from the last application. */
  tags(tenant: string, id: string): string;
  /** Hash: see `profileFields`. Lives as long as the tags. */
  profile(tenant: string, id: string): string;
  /** Hash: fingerprints of message ids to their claims. Lives 7 days from the last write or hit. */
  claims(tenant: string, day: string, bucket: number): string;
  /** Hash: counted orders of a shop or a user by currency, and which of them were added. Lives 90 days
   *  from the last of them. */
  orders(subject: OrderSubject): string;
  /** Text: the evidence that a record (`topic/partition/offset`) is held on. Lives as long as its claim. */
  finding(tenant: string, source: string): string;
  /** Set: partitions, as `topic/partition`, that a consumer group has had effects of. For ever. */
  consumed(group: string): string;
  /** Hash: `topic/partition` to the offset that a consumer group's effects here reach. For ever. */
  reached(group: string): string;
  /** Hash: `topic/partition` of what the cleaner published to the offset that its claims here reach, and
   *  the run id of the server that last had all of them. For ever. */
  published(group: string): string;
  /** String: made with the first effect; where it is missing, so is everything else. For ever. */
  canary(): string;
  /** Patterns (of SCAN) of all of these but the canary. */
  everything(): readonly string[];
}

/** The keys under a prefix (setting REDIS_KEY_PREFIX), so that several installations or tests can
 *  share one Redis. A tenant's name has no colon, so no two pairs give the same key. */
export function redisKeys(prefix = ''): RedisKeys {
  return {
    tags: (tenant, id) => `${prefix}tags:{${tenant}:${id}}`,
    profile: (tenant, id) => `${prefix}profile:{${tenant}:${id}}`,
    claims: (tenant, day, bucket) => `${prefix}claims:{${tenant}:${day}:${bucket}}`,
    orders: ({ tenant, kind, id }) => `${prefix}orders:{${tenant}:${kind}:${id}}`,
    finding: (tenant, source) => `${prefix}finding:{${tenant}:${source}}`,
    consumed: (group) => `${prefix}consumed:{${group}}`,
    reached: (group) => `${prefix}reached:{${group}}`,
    published: (group) => `${prefix}published:{${group}}`,
    canary: () => `${prefix}canary`,
    everything: () =>
      ['tags', 'profile', 'claims', 'orders', 'finding', 'consumed', 'reached', 'published'].map(
        (kind) => `${prefix.replace(/[*?[\]\\^-]/g, '\\$&')}${kind}:{*`,
      ),
  };
}

/** Fields of a profile. `apply-weights.lua` spells the same names. */
export const profileFields = {
  lastSeenAt: 'lastSeenAt',
  lastChannel: 'lastChannel',
  lastChannelAt: 'lastChannelAt',
  /** The record that said so, for events of the same millisecond. */
  lastChannelBy: 'lastChannelBy',
  segment: 'segment',
  /** Prefix of counts by event type. */
  count: 'n:',
  /** Prefix of watermarks by source topic and partition: the last offset applied. */
  watermark: 'wm:',
  /** Prefix of decisions by source record: the version and the state it left. */
  decision: 'rv:',
} as const;
