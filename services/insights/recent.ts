import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { type EventType, eventTypes } from '../shared/domain/event';
import { type Outcome, outcomes } from '../shared/domain/outcome';
import type { StoredRecord } from '../shared/domain/stored-record';
import type { Tenant } from '../shared/domain/tenant';
import type { Clock } from '../shared/runtime/clock';
import { answersOf, isoTime, rowsOf, text, whole } from './answers';
import { badParameter, ofTenants, queryOf, tenantParameter, timeOf } from './parameters';
import { recordAnswer, shownRecord } from './record-answer';

/** Times are append times, milliseconds UTC; tenant null: every tenant. */
export interface RecentReader {
  /** What was appended last, latest first. */
  recentRecords(filter: {
    tenant: string | null;
    now: number;
    since: number;
    limit: number;
    outcomes: readonly Outcome[] | null;
    type: EventType | null;
    user: string | null;
    search: string | null;
  }): Promise<readonly StoredRecord[]>;
  /** How many were appended, step by step; steps without any are left out. */
  arrivals(filter: {
    tenant: string | null;
    since: number;
    stepSeconds: number;
  }): Promise<
    readonly { readonly start: number; readonly arrived: number; readonly kept: number }[]
  >;
}

interface RecentDeps {
  readonly tenants: readonly Tenant[];
  readonly facts: RecentReader;
  readonly clock: Clock;
}

const defaultSpanMs = 600_000;
/** What came earlier is found by its message id: a longer span would read too much. */
const longestSpanMs = 86_400_000;

const since = Type.Optional(
  Type.String({
    description: 'Append time of the oldest, ISO 8601, within a day; ten minutes ago without it.',
  }),
);

const longestText = 512;
const query = queryOf({
  tenant: tenantParameter,
  recent: Type.Optional(
    Type.String({ description: 'Says what is asked for, and may be left out: there is no other.' }),
  ),
  since,
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100, description: 'Most events.' }),
  outcome: Type.Optional(
    Type.String({ description: `Only these, comma separated: ${outcomes.join(', ')}.` }),
  ),
  type: Type.Optional(Type.Unsafe<EventType>({ type: 'string', enum: eventTypes })),
  user: Type.Optional(
    Type.String({ maxLength: longestText, description: 'A user id or an anonymous id, whole.' }),
  ),
  search: Type.Optional(
    Type.String({
      maxLength: longestText,
      description: 'A part of the message id, the name or an id of the user, whatever its case.',
    }),
  ),
});

const recentAnswer = Type.Object({
  since: text('Append time of the oldest that was looked at.'),
  more: Type.Boolean({ description: 'Whether there may be older ones than those in the answer.' }),
  events: Type.Array(Type.Object({ messageId: Type.String(), ...recordAnswer })),
});

const arrivalsQuery = queryOf({
  tenant: tenantParameter,
  since,
  step: Type.Integer({ minimum: 1, maximum: 3600, default: 5, description: 'Seconds of a row.' }),
});

const arrivalsAnswer = rowsOf(
  Type.Object({
    start: Type.String(),
    arrived: whole('Records that were appended.'),
    kept: whole('Those of them that count.'),
  }),
);

export function recentRoutes(server: FastifyInstance, deps: RecentDeps): void {
  server.get<{ Querystring: Static<typeof query> }>(
    '/v1/events',
    {
      schema: {
        summary: 'What arrived in the last minutes, latest first, and what became of it',
        querystring: query,
        response: answersOf(recentAnswer),
      },
    },
    ({ query }) => recentEvents(query, deps),
  );
  server.get<{ Querystring: Static<typeof arrivalsQuery> }>(
    '/v1/arrivals',
    {
      schema: {
        summary: 'How many records arrived in the last minutes, step by step',
        querystring: arrivalsQuery,
        response: answersOf(arrivalsAnswer),
      },
    },
    async ({ query }) => {
      const rows = await deps.facts.arrivals({
        tenant: ofTenants(query.tenant, deps.tenants),
        since: sinceOf(query.since, deps.clock.now()),
        stepSeconds: query.step,
      });
      return { rows: rows.map((row) => ({ ...row, start: isoTime(row.start) })) };
    },
  );
}

async function recentEvents(asked: Static<typeof query>, { tenants, facts, clock }: RecentDeps) {
  const now = clock.now();
  const from = sinceOf(asked.since, now);
  const records = await facts.recentRecords({
    tenant: ofTenants(asked.tenant, tenants),
    now,
    since: from,
    limit: asked.limit,
    outcomes: asked.outcome === undefined ? null : outcomesOf(asked.outcome),
    type: asked.type ?? null,
    user: asked.user ?? null,
    search: asked.search ?? null,
  });
  return {
    since: isoTime(from),
    more: records.length >= asked.limit,
    events: records.map((record) => ({ messageId: record.messageId, ...shownRecord(record) })),
  };
}

function sinceOf(given: string | undefined, now: number): number {
  const at = timeOf(given, 'since') ?? now - defaultSpanMs;
  if (at >= now - longestSpanMs) return at;
  throw badParameter('since', 'is more than a day ago; ask for one event by its message id');
}

function outcomesOf(list: string): readonly Outcome[] {
  return list.split(',').map((name) => {
    const found = outcomes.find((outcome) => outcome === name.trim());
    if (found === undefined) throw badParameter('outcome', `'${name}' is none`);
    return found;
  });
}
