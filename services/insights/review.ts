import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import type { Coordinates } from '../shared/domain/event';
import { coordinatesText } from '../shared/domain/event-row';
import type { JudgedEvent } from '../shared/domain/outcome';
import { answerTo, decidedRecord, possibleWords, reviewWords } from '../shared/domain/review';
import { sameCoordinates } from '../shared/domain/settle';
import type { QueuePlace, ReviewedRecord } from '../shared/domain/stored-record';
import type { Tenant } from '../shared/domain/tenant';
import type { Clock } from '../shared/runtime/clock';
import { HttpError } from '../shared/runtime/http';
import { answersOf, coordinates, isoTime, text } from './answers';
import { badParameter, queryOf, tenantOf, tenantParameter, wordOf } from './parameters';
import { lastDecision, queueAnswer, shownRecord } from './review-answers';

export interface ReviewReader {
  /** Records of one outcome, newest first by append time. */
  reviewQueue(filter: {
    tenant: string;
    outcome: (typeof statuses)[number];
    after: QueuePlace | null;
    limit: number;
  }): Promise<readonly ReviewedRecord[]>;
  /** Every record with a message id, in append order; null: of every tenant. */
  reviewed(filter: {
    tenant: string | null;
    messageId: string;
    limit: number;
  }): Promise<readonly ReviewedRecord[]>;
}

export interface Decisions {
  /** The record as its row keeps it. */
  read(bytes: Buffer): Promise<JudgedEvent>;
  /** Resolves when all replicas have the decision; posting it twice is posting it once. */
  post(decided: JudgedEvent): Promise<void>;
}

interface ReviewDeps {
  readonly tenants: readonly Tenant[];
  readonly facts: ReviewReader;
  readonly decisions: Decisions;
  readonly clock: Clock;
}

/** What a person may be asked about; counted records are found by their message id. */
const statuses = ['held', 'collision', 'rejected', 'bot'] as const;
const mostRecords = 100;

const queueQuery = queryOf({
  tenant: tenantParameter,
  status: wordOf(statuses, 'Records of this outcome, as they last stand.'),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50, description: 'Most records.' }),
  after: Type.Optional(Type.String({ description: '`next` of the page before.' })),
});
const parameters = Type.Object({ messageId: text('The id the client gave the message.') });
const query = queryOf({ tenant: tenantParameter });
const body = Type.Object({
  decision: Type.Unsafe<(typeof reviewWords)[number]>({
    type: 'string',
    enum: [...reviewWords],
    description:
      'release and confirm decide on what waits; retract takes back what is counted; restore counts what was taken out.',
  }),
  reviewer: Type.String({ minLength: 1, maxLength: 200, description: 'Who decided.' }),
  note: Type.String({ maxLength: 2000, default: '', description: 'Why.' }),
  coordinates: Type.Optional(coordinates),
});
const verdict = Type.Object({ outcome: Type.String(), reason: Type.String() });
const decidedAnswer = Type.Object({
  messageId: Type.String(),
  coordinates,
  decision: Type.String(),
  reviewer: Type.String(),
  decidedAt: Type.String(),
  was: verdict,
  becomes: verdict,
  repeated: Type.Boolean({
    description: 'The record stood so already, by the same word: nothing was posted.',
  }),
});

/** The human gate: what waits for a person, and what a person says of it. */
export function reviewRoutes(server: FastifyInstance, deps: ReviewDeps): void {
  server.get<{ Querystring: Static<typeof queueQuery> }>(
    '/v1/review',
    {
      schema: {
        summary: 'Records that wait for a person, with the evidence, newest first',
        querystring: queueQuery,
        response: answersOf(queueAnswer),
      },
    },
    ({ query }) => queue(query, deps),
  );
  server.post<{
    Params: Static<typeof parameters>;
    Querystring: Static<typeof query>;
    Body: Static<typeof body>;
  }>(
    '/v1/review/:messageId',
    {
      schema: {
        summary: 'Decides what becomes of a record; takes effect within seconds of the answer',
        params: parameters,
        querystring: query,
        body,
        response: answersOf(decidedAnswer, 404, 409),
      },
    },
    ({ params, query, body }) => decide(params.messageId, { ...query, ...body }, deps),
  );
}

async function queue(asked: Static<typeof queueQuery>, { tenants, facts, decisions }: ReviewDeps) {
  const { status: outcome, limit } = asked;
  const tenant = tenantOf(asked.tenant, tenants).name;
  const after = asked.after === undefined ? null : placeOf(asked.after);
  const rows = await facts.reviewQueue({ tenant, outcome, after, limit });
  const last = rows.length === limit ? rows.at(-1) : undefined;
  const shown = rows.map(async (row) => shownRecord(row, await lastDecision(row, decisions.read)));
  return {
    rows: await Promise.all(shown),
    next: last === undefined ? null : `${last.appendedAt}/${coordinatesText(last.source)}`,
  };
}

type Asked = Static<typeof body> & Static<typeof query>;

async function decide(messageId: string, asked: Asked, { tenants, ...deps }: ReviewDeps) {
  const isOnly = asked.tenant === undefined && tenants.length === 1;
  const tenant = isOnly ? null : tenantOf(asked.tenant, tenants).name;
  const found = await deps.facts.reviewed({ tenant, messageId, limit: mostRecords });
  const row = theRecord(found, { messageId, coordinates: asked.coordinates });
  const answer = answerTo(asked.decision, row);
  if (answer === 'impossible') throw senseless(asked.decision, row);
  const record = await deps.decisions.read(row.record);
  const { reviewer, note } = asked;
  const decision = { reviewer, note, decidedAt: deps.clock.now(), byPerson: true };
  const isNew = answer === 'decided';
  const decided = isNew ? decidedRecord(record, asked.decision, decision) : record;
  if (isNew) await deps.decisions.post(decided);
  return {
    messageId,
    coordinates: row.source,
    decision: asked.decision,
    reviewer: decided.decision?.reviewer ?? reviewer,
    decidedAt: isoTime(decided.decision?.decidedAt ?? decision.decidedAt),
    was: { outcome: row.outcome, reason: row.reason },
    becomes: { outcome: decided.outcome, reason: decided.reason },
    repeated: !isNew,
  };
}

interface Wanted {
  readonly messageId: string;
  readonly coordinates: Coordinates | undefined;
}

/** The record that is meant: the one at the coordinates, or the only one that can be decided on. */
function theRecord(
  found: readonly ReviewedRecord[],
  { messageId, coordinates }: Wanted,
): ReviewedRecord {
  const named = found.filter(
    ({ source }) => coordinates === undefined || sameCoordinates(source, coordinates),
  );
  const open = named.filter(({ outcome }) => possibleWords(outcome).length > 0);
  const [record] = open.length > 0 ? open : named;
  if (record === undefined) {
    const where = coordinates === undefined ? '' : ` at ${coordinatesText(coordinates)}`;
    const message = `no record has the message id '${messageId}'${where}`;
    throw new HttpError(404, 'unknown_message', message, 'messageId');
  }
  if (open.length < 2) return record;
  const places = open.map((one) => `${coordinatesText(one.source)} (${one.outcome})`).join(', ');
  throw badParameter('coordinates', `several records have this id, name one: ${places}`);
}

function senseless(word: string, { outcome, reason, source }: ReviewedRecord): HttpError {
  const possible = possibleWords(outcome);
  const instead =
    possible.length === 0 ? 'it cannot be decided on' : `possible: ${possible.join(', ')}`;
  const message = `${coordinatesText(source)} is ${outcome} (${reason}), so '${word}' makes no sense; ${instead}`;
  return new HttpError(409, 'impossible_decision', message, 'decision');
}

function placeOf(after: string): QueuePlace {
  const [, appendedAt, topic, partition, offset] =
    /^(\d{1,15})\/([^/]{1,249})\/(\d{1,5})\/(\d{1,15})$/.exec(after) ?? [];
  if (topic === undefined) throw badParameter('after', 'must be `next` of an earlier page');
  return {
    appendedAt: Number(appendedAt),
    source: { topic, partition: Number(partition), offset: Number(offset) },
  };
}
