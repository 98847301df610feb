import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { findingKinds, type Ledger } from '../shared/domain/ledger';
import { outcomes } from '../shared/domain/outcome';
import type { Tenant } from '../shared/domain/tenant';
import { answersOf, orNull, text, whole } from './answers';
import { queryOf, tenantOf, tenantParameter, timeParameters, timesOf } from './parameters';

export interface LedgerReader {
  /** Append times, from inclusive to exclusive, milliseconds UTC; null for no bound. */
  ledger(filter: {
    tenant: string | null;
    from: number | null;
    to: number | null;
  }): Promise<Ledger>;
}

interface LedgerDeps {
  readonly tenants: readonly Tenant[];
  readonly facts: LedgerReader;
}

const query = queryOf({ tenant: tenantParameter, ...timeParameters });

const ledgerAnswer = Type.Object({
  accepted: orNull(whole('Records in Kafka since set-up; null for a part of the ledger.')),
  outcomes: Type.Object(Object.fromEntries(outcomes.map((outcome) => [outcome, Type.Integer()])), {
    description: 'Records by what became of them: exactly one of these each.',
  }),
  reasons: Type.Array(
    Type.Object({ outcome: Type.String(), reason: Type.String(), events: Type.Integer() }),
  ),
  unaccounted: orNull(whole('Accepted records without a row: on their way, or lost if it lasts.')),
  doubled: whole('Counted records whose message is counted at another coordinate too.'),
  extra: whole('Rows that stand for no record of Kafka, as the last comparison found them.'),
  topics: Type.Array(
    Type.Object({
      topic: text('Source topic.'),
      partition: Type.Integer(),
      first: whole('First offset that counts as accepted.'),
      last: orNull(whole('Last offset that was accepted; null where there is none.')),
      missing: orNull(whole('Accepted offsets without a row.')),
      firstMissing: orNull(whole('The first of them.')),
      doubled: Type.Integer(),
      firstDoubled: orNull(whole('The first of them.')),
      extra: Type.Integer(),
      firstExtra: orNull(whole('The first of them.')),
    }),
  ),
  findings: Type.Array(
    Type.Object({
      topic: Type.String(),
      partition: Type.Integer(),
      kind: text(`What a comparison with Kafka found: ${findingKinds.join(', ')}.`),
      records: Type.Integer(),
      offset: whole('The first of them.'),
    }),
  ),
});

export function ledgerRoutes(server: FastifyInstance, { tenants, facts }: LedgerDeps): void {
  server.get<{ Querystring: Static<typeof query> }>(
    '/v1/ledger',
    {
      schema: {
        summary: 'What became of every record that was accepted; times are append times',
        querystring: query,
        response: answersOf(ledgerAnswer),
      },
    },
    async ({ query }) => {
      const tenant = query.tenant === undefined ? null : tenantOf(query.tenant, tenants).name;
      return facts.ledger({ tenant, ...timesOf(query) });
    },
  );
}
