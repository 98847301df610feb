import type { Redis } from 'ioredis';
import { type EventType, eventTypes } from '../../domain/event';
import type { Segment } from '../../domain/interest';
import { answerOf } from './client';
import { profileFields, type RedisKeys } from './keys';

/** A tag with its weight as stored: `currentWeight` says what it is worth at a time. */
export interface StoredTag {
  readonly tag: string;
  readonly stored: number;
}

/** Times in milliseconds UTC. */
export interface Profile {
  readonly lastSeenAt: number | null;
  readonly lastChannel: string | null;
  readonly lastChannelAt: number | null;
  readonly segment: Segment;
  /** Events that count, by type; types without any are missing. */
  readonly counts: Readonly<Partial<Record<EventType, number>>>;
}

/** What Redis keeps of users, for reading. `id` is a user id or an anonymous id. */
export interface Tags {
  /** The strongest tags, strongest first, at most `limit`; those at or below zero (a retraction that
   *  came first, or took everything back) are left out. */
  readTags(tenant: string, id: string, limit: number): Promise<readonly StoredTag[]>;
  /** The same for many users, in order, in one round trip. */
  readManyTags(
    tenant: string,
    ids: readonly string[],
    limit: number,
  ): Promise<readonly (readonly StoredTag[])[]>;
  /** Null for a user who was never seen, or not for 90 days. */
  readProfile(tenant: string, id: string): Promise<Profile | null>;
}

export function createTags(redis: Redis, keys: RedisKeys): Tags {
  return {
    async readTags(tenant, id, limit) {
      const range = redis.zrevrange(keys.tags(tenant, id), 0, limit - 1, 'WITHSCORES');
      return storedTags(await answerOf(range));
    },
    async readManyTags(tenant, ids, limit) {
      const pipeline = redis.pipeline();
      for (const id of ids) {
        pipeline.zrevrange(keys.tags(tenant, id), 0, limit - 1, 'WITHSCORES');
      }
      const replies = (await answerOf(pipeline.exec())) ?? [];
      return Promise.all(
        replies.map(async ([error, reply]) => {
          if (error !== null) await answerOf(Promise.reject(error));
          return storedTags(reply as readonly string[]);
        }),
      );
    },
    async readProfile(tenant, id) {
      const fields = await answerOf(redis.hgetall(keys.profile(tenant, id)));
      return Object.keys(fields).length === 0 ? null : profileOf(fields);
    },
  };
}

/** Redis' flat reply: tag, weight, tag, weight, strongest first. */
function storedTags(reply: readonly string[]): readonly StoredTag[] {
  const tags: StoredTag[] = [];
  for (let at = 0; at + 1 < reply.length; at += 2) {
    const stored = Number(reply[at + 1]);
    if (stored > 0) tags.push({ tag: reply[at] as string, stored });
  }
  return tags;
}

function profileOf(fields: Readonly<Record<string, string>>): Profile {
  const time = (name: string) => (fields[name] === undefined ? null : Number(fields[name]));
  const counts = eventTypes
    .map((type) => [type, Number(fields[`${profileFields.count}${type}`] ?? 0)] as const)
    .filter(([, events]) => events > 0);
  return {
    lastSeenAt: time(profileFields.lastSeenAt),
    lastChannel: fields[profileFields.lastChannel] ?? null,
    lastChannelAt: time(profileFields.lastChannelAt),
    segment: fields[profileFields.segment] as Segment,
    counts: Object.fromEntries(counts),
  };
}
