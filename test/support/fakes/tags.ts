import type { Application } from '../../../services/shared/domain/application';
import type { Coordinates, EventType } from '../../../services/shared/domain/event';
import { segmentOf } from '../../../services/shared/domain/interest';
import type { Profile, StoredTag } from '../../../services/shared/stores/redis/tags';

interface User {
  readonly tags: Map<string, number>;
  readonly counts: Map<EventType, number>;
  readonly watermarks: Map<string, number>;
  readonly decisions: Map<string, { version: number; state: number }>;
  lastSeenAt: number | null;
  channel: { name: string; at: number; by: Coordinates } | null;
}

/** Tags and profiles in memory, written and read. */
export function fakeTags() {
  const users = new Map<string, User>();
  const read = (tenant: string, id: string, limit: number): readonly StoredTag[] => {
    const tags = [...(users.get(`${tenant}:${id}`)?.tags ?? [])];
    const above = tags.map(([tag, stored]) => ({ tag, stored })).filter((tag) => tag.stored > 0);
    return above.sort(strongestFirst).slice(0, limit);
  };
  return {
    async apply(applications: readonly Application[]): Promise<readonly boolean[]> {
      return applications.map((application) => applyTo(userOf(application, users), application));
    },
    async readTags(tenant: string, id: string, limit: number) {
      return read(tenant, id, limit);
    },
    async readManyTags(tenant: string, ids: readonly string[], limit: number) {
      return ids.map((id) => read(tenant, id, limit));
    },
    async readProfile(tenant: string, id: string): Promise<Profile | null> {
      const user = users.get(`${tenant}:${id}`);
      if (user === undefined) return null;
      const counts = Object.fromEntries([...user.counts].filter(([, events]) => events > 0));
      return {
        lastSeenAt: user.lastSeenAt,
        lastChannel: user.channel?.name ?? null,
        lastChannelAt: user.channel?.at ?? null,
        segment: segmentOf(counts),
        counts,
      };
    },
  };
}

function userOf({ tenant, id }: Application, users: Map<string, User>): User {
  const key = `${tenant}:${id}`;
  const user = users.get(key) ?? {
    tags: new Map(),
    counts: new Map(),
    watermarks: new Map(),
    decisions: new Map(),
    lastSeenAt: null,
    channel: null,
  };
  users.set(key, user);
  return user;
}

function applyTo(user: User, { source, decision, type, tags, seen }: Application): boolean {
  const partition = `${source.topic}:${source.partition}`;
  let share = 1;
  if (decision === null) {
    if (source.offset <= (user.watermarks.get(partition) ?? -1)) return false;
    user.watermarks.set(partition, source.offset);
  } else {
    const kept = user.decisions.get(`${partition}:${source.offset}`);
    if (kept && decision.version <= kept.version) return false;
    share = decision.target - (kept?.state ?? decision.first);
    const now = { version: decision.version, state: decision.target };
    user.decisions.set(`${partition}:${source.offset}`, now);
  }
  user.counts.set(type, (user.counts.get(type) ?? 0) + share);
  for (const [tag, weight] of tags) user.tags.set(tag, (user.tags.get(tag) ?? 0) + share * weight);
  if (seen !== null) noteSeen(user, seen, source);
  return true;
}

function noteSeen(user: User, seen: NonNullable<Application['seen']>, by: Coordinates): void {
  user.lastSeenAt = Math.max(user.lastSeenAt ?? seen.at, seen.at);
  if (seen.channel === null) return;
  const known = user.channel;
  const later =
    known === null || seen.at > known.at || (seen.at === known.at && after(by, known.by));
  if (later) user.channel = { name: seen.channel, at: seen.at, by };
}

function after(one: Coordinates, other: Coordinates): boolean {
  if (one.topic !== other.topic) return one.topic > other.topic;
  if (one.partition !== other.partition) return one.partition > other.partition;
  return one.offset > other.offset;
}

/** As a sorted set has them: equal weights in reverse order of their names. */
function strongestFirst(one: StoredTag, other: StoredTag): number {
  return other.stored - one.stored || (one.tag < other.tag ? 1 : -1);
}
