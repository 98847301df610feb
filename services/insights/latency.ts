import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { type Histogram, merged, promisedSeconds, quantile } from '../shared/domain/histogram';
import { answersOf, orNull, real, text, whole } from './answers';
import { queryOf } from './parameters';

/** What one interests service has measured since it began, or why it does not say. */
export interface InstanceLatency {
  readonly address: string;
  readonly histogram: Histogram;
  readonly fault: string | null;
}

export interface LatencyReader {
  /** One of each instance; none where it is not known where they are. */
  eventToTag(): Promise<readonly InstanceLatency[]>;
}

interface LatencyDeps {
  readonly latency: LatencyReader;
}

const seconds = (share: string) => orNull(real(`${share} of the events took at most this long.`));

const latencyAnswer = Type.Object({
  promisedSeconds: real('What is promised of 99 in 100.'),
  shown: Type.Boolean({ description: 'Whether INSIGHTS_INTERESTS_URLS says where to ask.' }),
  events: whole('Live events measured since the instances began.'),
  p50: seconds('Half'),
  p95: seconds('95 %'),
  p99: seconds('99 %'),
  instances: Type.Array(
    Type.Object({
      address: text('Where the instance was asked.'),
      fault: orNull(text('Why it does not answer.')),
      events: Type.Integer(),
      buckets: Type.Array(
        Type.Object({
          le: orNull(real('Upper bound, seconds; null for none.')),
          events: whole('Events that took at most this long.'),
        }),
      ),
    }),
    { description: 'Two answers subtracted, instance by instance, give the time between them.' },
  ),
});

export function latencyRoutes(server: FastifyInstance, { latency }: LatencyDeps): void {
  server.get(
    '/v1/latency',
    {
      schema: {
        summary: 'How long it takes from the receipt of a live event to its tags',
        querystring: queryOf({}),
        response: answersOf(latencyAnswer),
      },
    },
    async () => {
      const instances = await latency.eventToTag();
      const all = merged(instances.map(({ histogram }) => histogram));
      return {
        promisedSeconds,
        shown: instances.length > 0,
        events: all.count,
        p50: quantile(0.5, all),
        p95: quantile(0.95, all),
        p99: quantile(0.99, all),
        instances: instances.map(({ address, histogram, fault }) => ({
          address,
          fault,
          events: histogram.count,
          buckets: histogram.buckets.map(({ le, count }) => ({
            le: Number.isFinite(le) ? le : null,
            events: count,
          })),
        })),
      };
    },
  );
}
