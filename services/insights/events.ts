import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { Event } from '../shared/domain/event';
import { tagsOf } from '../shared/domain/interest';
import type { JudgedEvent } from '../shared/domain/outcome';
import type { RecordEffects, ReviewedRecord, StoredRecord } from '../shared/domain/stored-record';
import type { Tenant } from '../shared/domain/tenant';
import { HttpError } from '../shared/runtime/http';
import { answersOf, coordinates, isoTime, orNull, real, text } from './answers';
import { ofTenants, queryOf, tenantParameter } from './parameters';
import { recordAnswer, shownRecord } from './record-answer';

export interface RecordsReader {
  /** Every record with a message id, in append order; null: of every tenant. */
  reviewed(filter: {
    tenant: string | null;
    messageId: string;
    limit: number;
  }): Promise<readonly ReviewedRecord[]>;
  /** What a counted record has a part in; days are those of the time zone. */
  effects(record: StoredRecord, zone: string): Promise<RecordEffects>;
}

interface EventsDeps {
  readonly tenants: readonly Tenant[];
  readonly facts: RecordsReader;
  readonly decisions: { read(bytes: Buffer): Promise<JudgedEvent> };
}

/** An id has more records than this only where a client is broken. */
const mostRecords = 100;

const parameters = Type.Object({ messageId: text('The id the client gave the message.') });
const query = queryOf({ tenant: tenantParameter });

const effectsAnswer = Type.Object({
  session: orNull(
    Type.Object({ start: Type.String(), channel: text('With self-referral skipped.') }),
  ),
  windows: Type.Array(
    Type.Object({
      table: text('Stored windows.'),
      start: Type.String(),
      as: text('event: by what it is; session: by its session; step: in a chain entered then.'),
    }),
  ),
  order: orNull(
    Type.Object({
      key: text('What the order is known by.'),
      counts: Type.Boolean({ description: 'Whether this is the copy the order counts by.' }),
      countsBy: coordinates,
    }),
  ),
  tags: Type.Array(
    Type.Object({
      id: text('User it is added to.'),
      tag: Type.String(),
      weight: real('As of the event; it halves every 14 days.'),
    }),
  ),
});

const sentAnswer = orNull(
  Type.Object(
    {},
    {
      additionalProperties: true,
      description:
        'What the event carries besides, as it is kept: properties as sent, items, channel, effect. Null where it is not kept, or cannot be read now.',
    },
  ),
);

const eventsAnswer = Type.Object({
  messageId: Type.String(),
  records: Type.Array(
    Type.Object({
      ...recordAnswer,
      effects: effectsAnswer,
      sent: sentAnswer,
    }),
  ),
});

export function eventsRoutes(server: FastifyInstance, deps: EventsDeps): void {
  server.get<{ Params: Static<typeof parameters>; Querystring: Static<typeof query> }>(
    '/v1/events/:messageId',
    {
      schema: {
        summary: 'What became of a message, and why',
        params: parameters,
        querystring: query,
        response: answersOf(eventsAnswer, 404),
      },
    },
    async ({ params: { messageId }, query }) => {
      const { tenants, facts } = deps;
      const tenant = ofTenants(query.tenant, tenants);
      const records = await facts.reviewed({ tenant, messageId, limit: mostRecords });
      if (records.length === 0) {
        const message = `no record has the message id '${messageId}'`;
        throw new HttpError(404, 'unknown_message', message, 'messageId');
      }
      return { messageId, records: await Promise.all(records.map((row) => shown(row, deps))) };
    },
  );
}

async function shown(record: ReviewedRecord, { tenants, facts, decisions }: EventsDeps) {
  const zone = tenants.find((tenant) => tenant.name === record.tenant)?.timeZone ?? 'UTC';
  const effects = record.outcome === 'counted' ? await facts.effects(record, zone) : noEffects;
  return {
    ...shownRecord(record),
    effects: shownEffects(record, effects),
    sent: await sentPart(record, decisions),
  };
}

/** The rest of the story stands without it: a registry that is down takes nothing else away. */
async function sentPart({ record }: ReviewedRecord, decisions: EventsDeps['decisions']) {
  const judged = record.length === 0 ? null : await decisions.read(record).catch(() => null);
  return judged?.event ? sentOf(judged.event) : null;
}

function sentOf({ library, category, searchQuery, items, shop, ...event }: Event) {
  const { channel, currency, effect, properties, redriveOf } = event;
  return {
    ...withoutNulls({ library, category, searchQuery, shop, currency, redriveOf }),
    ...withoutNulls({ effect: effect && withoutNulls(effect) }),
    ...(items.length > 0 && { items: items.map(withoutNulls) }),
    channel: withoutNulls(channel),
    properties: parsedOrText(properties),
  };
}

/** Producers other than the collector may have written anything. */
function parsedOrText(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function withoutNulls(part: object): object {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null));
}

const noEffects: RecordEffects = { session: null, windows: [], order: null };

function shownEffects(record: StoredRecord, { session, windows, order }: RecordEffects) {
  return {
    session: session && { start: isoTime(session.start), channel: session.channel },
    windows: windows.map(({ table, start, as }) => ({ table, start: isoTime(start), as })),
    order: order && { ...order, counts: isSame(record, order) },
    tags: record.outcome === 'counted' ? tagsAdded(record) : [],
  };
}

function isSame({ source }: StoredRecord, { countsBy }: NonNullable<RecordEffects['order']>) {
  const { topic, partition, offset } = source;
  return topic === countsBy.topic && partition === countsBy.partition && offset === countsBy.offset;
}

/** Each tag under each id that the event takes effect under. */
function tagsAdded(record: StoredRecord) {
  const ids = new Set([record.anonymousId, record.userId].filter((id) => id !== ''));
  const tags = tagsOf(record, record.weightsVersion);
  return [...ids].flatMap((id) => tags.map(([tag, weight]) => ({ id, tag, weight })));
}
