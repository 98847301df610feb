import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { tagsOf } from '../shared/domain/interest';
import {
  explanationOf,
  type RecordEffects,
  type StoredRecord,
} from '../shared/domain/stored-record';
import type { Tenant } from '../shared/domain/tenant';
import { HttpError } from '../shared/runtime/http';
import { answersOf, isoTime, isoTimeOrNull, orNull, real, text, whole } from './answers';
import { queryOf, tenantOf, tenantParameter } from './parameters';

export interface RecordsReader {
  /** Every record with a message id, in append order; null: of every tenant. */
  records(filter: {
    tenant: string | null;
    messageId: string;
    limit: number;
  }): Promise<readonly StoredRecord[]>;
  /** What a counted record has a part in; days are those of the time zone. */
  effects(record: StoredRecord, zone: string): Promise<RecordEffects>;
}

interface EventsDeps {
  readonly tenants: readonly Tenant[];
  readonly facts: RecordsReader;
}

/** An id has more records than this only where a client is broken. */
const mostRecords = 100;

const parameters = Type.Object({ messageId: text('The id the client gave the message.') });
const query = queryOf({ tenant: tenantParameter });

const coordinates = Type.Object(
  { topic: Type.String(), partition: Type.Integer(), offset: Type.Integer() },
  { description: 'Where the source record stands in Kafka.' },
);

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

const eventsAnswer = Type.Object({
  messageId: Type.String(),
  records: Type.Array(
    Type.Object({
      coordinates,
      tenant: Type.String(),
      outcome: Type.String(),
      reason: Type.String(),
      explanation: text('Outcome, reason and evidence as a sentence.'),
      evidence: text('What the outcome rests on.'),
      heldBy: orNull(text('topic/partition/offset of the record that has the message id.')),
      version: whole('0 from the cleaner, higher for a decision.'),
      type: Type.String(),
      name: Type.String(),
      anonymousId: orNull(Type.String()),
      userId: orNull(Type.String()),
      sessionId: orNull(Type.String()),
      contentHash: Type.String(),
      times: Type.Object({
        originalAt: orNull(text('By the device.')),
        sentAt: orNull(text('By the device, when it sent.')),
        receivedAt: text('By the collector.'),
        appendedAt: text('By Kafka.'),
        eventAt: text('The time the event counts at.'),
        clock: text('How eventAt was found.'),
      }),
      effects: effectsAnswer,
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
      // Where there is one tenant, records that name none or an unknown one are shown too.
      const isOnly = query.tenant === undefined && tenants.length === 1;
      const tenant = isOnly ? null : tenantOf(query.tenant, tenants).name;
      const records = await facts.records({ tenant, messageId, limit: mostRecords });
      if (records.length === 0) {
        const message = `no record has the message id '${messageId}'`;
        throw new HttpError(404, 'unknown_message', message, 'messageId');
      }
      return { messageId, records: await Promise.all(records.map((row) => shown(row, deps))) };
    },
  );
}

async function shown(record: StoredRecord, { tenants, facts }: EventsDeps) {
  const zone = tenants.find((tenant) => tenant.name === record.tenant)?.timeZone ?? 'UTC';
  const effects = record.outcome === 'counted' ? await facts.effects(record, zone) : noEffects;
  return {
    coordinates: record.source,
    tenant: record.tenant,
    outcome: record.outcome,
    reason: record.reason,
    explanation: explanationOf(record),
    evidence: record.evidence,
    heldBy: record.heldBy || null,
    version: record.version,
    type: record.type,
    name: record.name,
    anonymousId: record.anonymousId || null,
    userId: record.userId || null,
    sessionId: record.sessionId || null,
    contentHash: record.contentHash,
    times: timesOf(record),
    effects: shownEffects(record, effects),
  };
}

function timesOf(record: StoredRecord) {
  return {
    originalAt: isoTimeOrNull(record.originalAt),
    sentAt: isoTimeOrNull(record.sentAt),
    receivedAt: isoTime(record.receivedAt),
    appendedAt: isoTime(record.appendedAt),
    eventAt: isoTime(record.eventAt),
    clock: record.clock,
  };
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
