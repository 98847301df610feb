import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { type AttributionModel, attributionModels } from '../shared/domain/attribution';
import {
  type AttributionReport,
  attributionReport,
  type PathInCurrency,
} from '../shared/domain/attribution-report';
import { amountText } from '../shared/domain/decimal';
import type { MarkovModel } from '../shared/domain/markov';
import { mergedPaths } from '../shared/domain/paths-report';
import type { Tenant } from '../shared/domain/tenant';
import { amount, answersOf, orNull, real, rowsOf, text, whole } from './answers';
import { badParameter, queryOf, type Scope, scopeOf, scopeParameters } from './parameters';

export interface PathsReader {
  /** `withAges` tells orders on the same path apart by the age of their touches. */
  paths(
    filter: Scope & { lookBackMs: number; withAges: boolean },
  ): Promise<readonly PathInCurrency[]>;
}

interface AttributionDeps {
  readonly tenants: readonly Tenant[];
  readonly facts: PathsReader;
}

const dayMs = 86_400_000;

const pathsParameters = {
  ...scopeParameters,
  lookbackDays: Type.Integer({
    minimum: 1,
    maximum: 365,
    default: 30,
    description: 'How long before an order a session may have started to be a touch of it.',
  }),
};
const pathsQuery = queryOf(pathsParameters);
const attributionQuery = queryOf({
  ...pathsParameters,
  model: Type.Optional(Type.Unsafe<AttributionModel>({ type: 'string', enum: attributionModels })),
  compare: Type.Optional(
    Type.Unsafe<'all'>({ type: 'string', enum: ['all'], description: 'Every model at once.' }),
  ),
});

const chances = Type.Record(Type.String(), Type.Number());
const attributionAnswer = Type.Object({
  models: Type.Array(
    Type.Object({
      model: Type.String(),
      currency: text('ISO 4217; that of the tenant first.'),
      credits: Type.Array(
        Type.Object({
          channel: Type.String(),
          conversions: real('Share of the orders.'),
          revenue: amount('Share of the revenue'),
        }),
      ),
      conversions: whole('All orders: what the credits add up to.'),
      revenue: amount('All revenue: what the credits add up to'),
    }),
  ),
  markov: Type.Optional(
    Type.Object({
      conversionProbability: Type.Number(),
      removalEffects: chances,
      transitions: Type.Record(Type.String(), chances),
    }),
  ),
});

const pathsAnswer = rowsOf(
  Type.Object({
    path: Type.Array(Type.String(), { description: 'Channels in the order of the sessions.' }),
    conversions: whole('Orders with this path.'),
    revenue: amount('Their revenue'),
    currency: text('ISO 4217; that of the tenant first.'),
    nulls: orNull(whole('Users who ordered nothing; null in rows of another currency.')),
  }),
);

export function attributionRoutes(
  server: FastifyInstance,
  { tenants, facts }: AttributionDeps,
): void {
  server.get<{ Querystring: Static<typeof attributionQuery> }>(
    '/v1/attribution',
    {
      schema: {
        summary: 'What each channel is given for under one of eight models, or under all',
        querystring: attributionQuery,
        response: answersOf(attributionAnswer),
      },
    },
    async ({ query }) => {
      const models = modelsOf(query);
      const scope = scopeOf(query, tenants);
      const withAges = models.includes('time_decay_7d');
      const lookBackMs = query.lookbackDays * dayMs;
      const paths = await facts.paths({ ...scope, lookBackMs, withAges });
      return answerOf(attributionReport(models, paths, scope.currency));
    },
  );
  server.get<{ Querystring: Static<typeof pathsQuery> }>(
    '/v1/paths',
    {
      schema: {
        summary: 'Channels on the way to an order, or to none',
        querystring: pathsQuery,
        response: answersOf(pathsAnswer),
      },
    },
    async ({ query }) => {
      const scope = scopeOf(query, tenants);
      const lookBackMs = query.lookbackDays * dayMs;
      const paths = await facts.paths({ ...scope, lookBackMs, withAges: false });
      return {
        rows: mergedPaths(paths, scope.currency).map(({ revenueMinor, ...row }) => ({
          ...row,
          revenue: amountText(revenueMinor, row.currency),
        })),
      };
    },
  );
}

function modelsOf({
  model,
  compare,
}: Static<typeof attributionQuery>): readonly AttributionModel[] {
  if (compare === 'all') return attributionModels;
  if (model !== undefined) return [model];
  throw badParameter('model', `name one of ${attributionModels.join(', ')}, or ask compare=all`);
}

function answerOf({ models, markov }: AttributionReport) {
  return markov === null ? { models } : { models, markov: plain(markov) };
}

function plain({ conversionProbability, removalEffects, transitions }: MarkovModel) {
  const rows = [...transitions].map(([state, row]) => [state, Object.fromEntries(row)]);
  return {
    conversionProbability,
    removalEffects: Object.fromEntries(removalEffects),
    transitions: Object.fromEntries(rows) as Record<string, Record<string, number>>,
  };
}
