import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { type Interval, intervals } from '../shared/domain/interval';
import type { Tenant } from '../shared/domain/tenant';
import { answersOf, isoTimeOrNull, rowsOf, startOfRow, text, whole } from './answers';
import { queryOf, type Scope, scopeOf, scopeParameters, timeOf, wordOf } from './parameters';

export interface CountsReader {
  counts(filter: Scope & { interval: Interval }): Promise<
    readonly {
      readonly start: number | null;
      readonly type: string;
      readonly name: string;
      readonly events: number;
    }[]
  >;
}

interface CountsDeps {
  readonly tenants: readonly Tenant[];
  readonly facts: CountsReader;
}

const query = queryOf({
  ...scopeParameters,
  interval: wordOf(intervals, 'Length of a row: hours are UTC, days those of the tenant.'),
});

const countsAnswer = rowsOf(
  Type.Object({
    start: startOfRow,
    type: text('Event type.'),
    name: text('The name the event was sent under.'),
    events: whole('Events that count.'),
  }),
);

export function countsRoutes(server: FastifyInstance, { tenants, facts }: CountsDeps): void {
  server.get<{ Querystring: Static<typeof query> }>(
    '/v1/counts',
    {
      schema: {
        summary: 'Events by type and by the name they were sent under',
        querystring: query,
        response: answersOf(countsAnswer),
      },
    },
    async ({ query }) => {
      const { interval } = query;
      const rows = await facts.counts({ ...scopeOf(query, tenants), interval });
      const from = timeOf(query.from, 'from');
      return { rows: rows.map((row) => ({ ...row, start: isoTimeOrNull(row.start ?? from) })) };
    },
  );
}
