import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { EventType } from '../shared/domain/event';
import { currentWeight, type Segment, type TaggedEvent } from '../shared/domain/interest';
import { type EventOfTag, eventsByTag } from '../shared/domain/tag-events';
import type { Tenant } from '../shared/domain/tenant';
import type { Clock } from '../shared/runtime/clock';
import { HttpError } from '../shared/runtime/http';
import { answersOf, isoTime, isoTimeOrNull, orNull, real, text, whole } from './answers';
import { queryOf, tenantOf, tenantParameter, timeOf } from './parameters';

/** A tag with its weight as stored. */
interface StoredTag {
  readonly tag: string;
  readonly stored: number;
}

interface Profile {
  readonly lastSeenAt: number | null;
  readonly lastChannel: string | null;
  readonly lastChannelAt: number | null;
  readonly segment: Segment;
  readonly counts: Readonly<Partial<Record<EventType, number>>>;
}

/** What Redis keeps of users. */
export interface Interests {
  readTags(tenant: string, id: string, limit: number): Promise<readonly StoredTag[]>;
  /** In the order of the ids, in one round trip. */
  readManyTags(
    tenant: string,
    ids: readonly string[],
    limit: number,
  ): Promise<readonly (readonly StoredTag[])[]>;
  readProfile(tenant: string, id: string): Promise<Profile | null>;
}

export interface UserEventsReader {
  /** The latest counted events of a user, latest first; event times, milliseconds UTC. */
  userEvents(filter: {
    tenant: string;
    id: string;
    from: number;
    to: number;
    limit: number;
  }): Promise<readonly (TaggedEvent & EventOfTag)[]>;
}

interface UsersDeps {
  readonly tenants: readonly Tenant[];
  readonly interests: Interests;
  readonly facts: UserEventsReader;
  readonly clock: Clock;
  /** How far before a user's last event the events behind the tags are looked for. */
  readonly tagEventsLookBackMs: number;
  /** How many of the latest events are looked at for them. */
  readonly tagEventsRead: number;
}

const mostUsers = 1000;
const mostTags = 200;

const idParameter = Type.Object({ id: text('A user id or an anonymous id.') });
const atParameter = Type.Optional(
  Type.String({ description: 'Time that weights are of, ISO 8601; now without it.' }),
);
const limit = Type.Integer({ minimum: 1, maximum: mostTags, default: 20 });

const profileQuery = queryOf({ tenant: tenantParameter });
const tagsQuery = queryOf({
  tenant: tenantParameter,
  at: atParameter,
  limit: { ...limit, description: 'Most tags, strongest first.' },
  events: Type.Integer({
    minimum: 0,
    maximum: 20,
    default: 3,
    description: 'Most events behind each tag, latest first; with 0 only Redis is asked.',
  }),
});
const manyQuery = queryOf({ tenant: tenantParameter, at: atParameter });
const manyBody = Type.Object({
  ids: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
    minItems: 1,
    maxItems: mostUsers,
  }),
  limit,
});

const tag = { tag: text('Such as category:Bags.'), weight: real('What it is worth at `at`.') };
const tagsAnswer = Type.Object({
  id: Type.String(),
  at: text('Time that the weights are of.'),
  tags: Type.Array(
    Type.Object({
      ...tag,
      events: Type.Array(
        Type.Object({
          messageId: Type.String(),
          type: Type.String(),
          name: text('The name the event was sent under.'),
          eventAt: Type.String(),
        }),
      ),
    }),
  ),
});
const manyAnswer = Type.Object({
  at: text('Time that the weights are of.'),
  users: Type.Array(Type.Object({ id: Type.String(), tags: Type.Array(Type.Object(tag)) }), {
    description: 'In the order of `ids`; a user who was never seen has no tags.',
  }),
});
const profileAnswer = Type.Object({
  id: Type.String(),
  lastSeenAt: orNull(Type.String()),
  lastChannel: orNull(text('Channel group of the last event that named one.')),
  lastChannelAt: orNull(Type.String()),
  segment: text('buyer, cart or visitor.'),
  counts: Type.Record(Type.String(), whole('Events that count.')),
});

export function usersRoutes(server: FastifyInstance, deps: UsersDeps): void {
  server.get<{ Params: Static<typeof idParameter>; Querystring: Static<typeof tagsQuery> }>(
    '/v1/users/:id/tags',
    {
      schema: {
        summary: 'What a user is interested in, and the events that say so',
        params: idParameter,
        querystring: tagsQuery,
        response: answersOf(tagsAnswer),
      },
    },
    ({ params, query }) => tagsOfUser(params.id, query, deps),
  );
  server.get<{ Params: Static<typeof idParameter>; Querystring: Static<typeof profileQuery> }>(
    '/v1/users/:id',
    {
      schema: {
        summary: 'When and how a user was last seen, and how often',
        params: idParameter,
        querystring: profileQuery,
        response: answersOf(profileAnswer, 404),
      },
    },
    ({ params, query }) => profileOfUser(params.id, query, deps),
  );
  server.post<{ Querystring: Static<typeof manyQuery>; Body: Static<typeof manyBody> }>(
    '/v1/users/tags',
    {
      schema: {
        summary: 'What many users are interested in, in one round trip to Redis',
        querystring: manyQuery,
        body: manyBody,
        response: answersOf(manyAnswer),
      },
    },
    ({ query, body }) => tagsOfUsers(body, query, deps),
  );
}

async function tagsOfUser(id: string, query: Static<typeof tagsQuery>, deps: UsersDeps) {
  const { interests, tenants, clock } = deps;
  const tenant = tenantOf(query.tenant, tenants).name;
  const at = timeOf(query.at, 'at') ?? clock.now();
  const [tags, profile] = await Promise.all([
    interests.readTags(tenant, id, query.limit),
    interests.readProfile(tenant, id),
  ]);
  const lastSeenAt = query.events === 0 ? null : (profile?.lastSeenAt ?? null);
  const events =
    lastSeenAt === null || tags.length === 0
      ? []
      : await deps.facts.userEvents({
          tenant,
          id,
          from: Math.max(0, lastSeenAt - deps.tagEventsLookBackMs),
          to: lastSeenAt + 1,
          limit: deps.tagEventsRead,
        });
  const behind = eventsByTag(events, query.events);
  return {
    id,
    at: isoTime(at),
    tags: tags.map(({ tag, stored }) => ({
      tag,
      weight: currentWeight(stored, at),
      events: (behind.get(tag) ?? []).map(({ messageId, type, name, eventAt }) => ({
        messageId,
        type,
        name,
        eventAt: isoTime(eventAt),
      })),
    })),
  };
}

async function profileOfUser(
  id: string,
  query: Static<typeof profileQuery>,
  { interests, tenants }: UsersDeps,
) {
  const profile = await interests.readProfile(tenantOf(query.tenant, tenants).name, id);
  if (profile === null) {
    throw new HttpError(
      404,
      'unknown_user',
      `nobody was seen as '${id}' in the last 90 days`,
      'id',
    );
  }
  const { lastSeenAt, lastChannelAt } = profile;
  return {
    id,
    ...profile,
    lastSeenAt: isoTimeOrNull(lastSeenAt),
    lastChannelAt: isoTimeOrNull(lastChannelAt),
  };
}

async function tagsOfUsers(
  { ids, limit }: Static<typeof manyBody>,
  query: Static<typeof manyQuery>,
  { interests, tenants, clock }: UsersDeps,
) {
  const tenant = tenantOf(query.tenant, tenants).name;
  const at = timeOf(query.at, 'at') ?? clock.now();
  const found = await interests.readManyTags(tenant, ids, limit);
  return {
    at: isoTime(at),
    users: ids.map((id, nth) => ({
      id,
      tags: (found[nth] ?? []).map(({ tag, stored }) => ({
        tag,
        weight: currentWeight(stored, at),
      })),
    })),
  };
}
