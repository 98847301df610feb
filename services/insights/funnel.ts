import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { type EventType, eventTypes } from '../shared/domain/event';
import { funnelSteps } from '../shared/domain/funnel';
import {
  type FunnelActor,
  type FunnelOrder,
  type FunnelReport,
  type FunnelRow,
  funnelActors,
  funnelOrders,
} from '../shared/domain/funnel-report';
import { type Interval, intervals } from '../shared/domain/interval';
import type { Tenant } from '../shared/domain/tenant';
import { answersOf, isoTimeOrNull, startOfRow, text, whole, windowRowsOf } from './answers';
import {
  badParameter,
  queryOf,
  type Scope,
  scopeOf,
  scopeParameters,
  timeOf,
  wordOf,
} from './parameters';

export interface FunnelQuestion extends Scope {
  readonly by: FunnelActor;
  readonly order: FunnelOrder;
  /** Null: no limit. */
  readonly conversionMs: number | null;
  readonly interval: Interval;
  readonly steps: readonly EventType[];
}

export interface FunnelReader {
  /** Rows in which nobody entered may be missing. */
  funnel(question: FunnelQuestion): Promise<FunnelReport>;
}

interface FunnelDeps {
  readonly tenants: readonly Tenant[];
  readonly facts: FunnelReader;
}

const hourMs = 3_600_000;
/** A year: more is `none`. */
const mostHours = 8784;

const query = queryOf({
  ...scopeParameters,
  by: wordOf(funnelActors, 'Who is counted.'),
  order: wordOf(funnelOrders, 'Steps one after the other, or each by itself.'),
  windowHours: Type.String({
    default: '24',
    description: 'With order=strict: hours from the first step within which all must lie, or none.',
  }),
  interval: wordOf(intervals, 'Length of a row: hours are UTC, days those of the tenant.'),
  steps: Type.String({
    default: funnelSteps.join(','),
    description: `Event types in order, comma separated: ${eventTypes.join(', ')}.`,
  }),
});

const funnelAnswer = windowRowsOf(
  Type.Object({
    start: startOfRow,
    steps: Type.Array(
      Type.Object({
        step: text('Event type.'),
        entered: whole('Distinct users or sessions that got here.'),
      }),
    ),
  }),
);

export function funnelRoutes(server: FastifyInstance, { tenants, facts }: FunnelDeps): void {
  server.get<{ Querystring: Static<typeof query> }>(
    '/v1/funnel',
    {
      schema: {
        summary: 'How far users or sessions came; hours and days do not add up to longer ones',
        querystring: query,
        response: answersOf(funnelAnswer),
      },
    },
    async ({ query }) => {
      const { by, order, interval } = query;
      const steps = stepsOf(query.steps);
      const conversionMs = conversionOf(query.windowHours);
      const scope = scopeOf(query, tenants);
      const { rows: found, stale } = await facts.funnel({
        ...scope,
        by,
        order,
        interval,
        steps,
        conversionMs,
      });
      const from = timeOf(query.from, 'from');
      const nobody: FunnelRow = { start: null, entered: steps.map(() => 0) };
      const rows = interval === 'total' && found.length === 0 ? [nobody] : found;
      return {
        stale,
        rows: rows.map(({ start, entered }) => ({
          start: isoTimeOrNull(start ?? from),
          steps: steps.map((step, at) => ({ step, entered: entered[at] ?? 0 })),
        })),
      };
    },
  );
}

function stepsOf(list: string): readonly EventType[] {
  const steps = list.split(',').map((name) => {
    const step = eventTypes.find((type) => type === name.trim());
    if (step === undefined) throw badParameter('steps', `'${name}' is no event type`);
    return step;
  });
  if (new Set(steps).size === steps.length) return steps;
  throw badParameter('steps', 'each step may be there once');
}

function conversionOf(windowHours: string): number | null {
  if (windowHours === 'none') return null;
  const hours = Number(windowHours);
  if (/^\d+(\.\d+)?$/.test(windowHours) && hours > 0 && hours <= mostHours) {
    return Math.round(hours * hourMs);
  }
  throw badParameter('windowHours', `must be none or a number of hours up to ${mostHours}`);
}
