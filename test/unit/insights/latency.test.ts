import type { Histogram } from '../../../services/shared/domain/histogram';
import { anInsightsServer } from '../../support/insights-server';

const histogram = (...counts: readonly [number, number][]): Histogram => ({
  count: counts.at(-1)?.[1] ?? 0,
  buckets: counts.map(([le, count]) => ({ le, count })),
});
const infinite = Number.POSITIVE_INFINITY;

test('instances are added up, bucket by bucket; one that is silent says why', async () => {
  const { get } = await anInsightsServer({
    latency: {
      eventToTag: async () => [
        {
          address: 'http://a',
          fault: null,
          histogram: histogram([0.1, 90], [0.3, 100], [infinite, 100]),
        },
        {
          address: 'http://b',
          fault: null,
          histogram: histogram([0.1, 0], [0.3, 0], [infinite, 100]),
        },
        { address: 'http://c', fault: 'no answer within 2 s', histogram: histogram() },
      ],
    },
  });
  const { body } = await get('/v1/latency');
  expect(body).toMatchObject({
    promisedSeconds: 0.3,
    shown: true,
    events: 200,
    p50: 0.3,
    p99: 0.3,
  });
  expect(body.instances[0].buckets.at(-1)).toEqual({ le: null, events: 100 });
  expect(body.instances[2]).toEqual({
    ...{ address: 'http://c', fault: 'no answer within 2 s', events: 0, buckets: [] },
  });
});

test('where nobody said where to ask, nothing is shown', async () => {
  const { get } = await anInsightsServer();
  expect((await get('/v1/latency')).body).toMatchObject({ shown: false, events: 0, p99: null });
});
