import {
  latencyOf,
  rateOf,
  type Sample,
  tagTrends,
  withSample,
} from '../../../../deploy/panel/trends';

const second = 1000;

function every<Reading>(ms: number, readings: readonly Reading[]): Sample<Reading>[] {
  return readings.map((reading, index) => ({ at: index * ms, reading }));
}

test('readings are kept for a while, and one older one to compare with', () => {
  let samples: readonly Sample<number>[] = [];
  for (let at = 0; at <= 100; at += 10) samples = withSample(samples, { at, reading: at }, 30);
  expect(samples.map(({ at }) => at)).toEqual([60, 70, 80, 90, 100]);
});

test('the rate is that of the last five seconds', () => {
  const counter = [0, 1000, 1000, 1050, 1100, 1150, 1200, 1250];
  expect(rateOf(every(second, counter)).perSecond).toBeCloseTo(50);
  expect(rateOf(every(second, counter)).recent).toEqual([1000, 0, 50, 50, 50, 50, 50]);
});

test('a counter that begins anew is no negative rate', () => {
  const { perSecond, recent } = rateOf(every(second, [500, 600, 40, 140]));
  expect(recent).toEqual([100, 40, 100]);
  expect(perSecond).toBeCloseTo(80);
});

test('without two readings there is no rate', () => {
  expect(rateOf([]).perSecond).toBeNull();
  expect(rateOf(every(second, [5]))).toEqual({ perSecond: null, recent: [] });
});

const histogram = (fast: number, slow: number) => ({
  count: fast + slow,
  buckets: [
    { le: 0.1, count: fast },
    { le: 0.5, count: fast + slow },
    { le: Number.POSITIVE_INFINITY, count: fast + slow },
  ],
});

test('percentiles are of the last minute; what was slow at the start stands apart', () => {
  const latency = latencyOf(every(second, [histogram(0, 100), histogram(100, 100)]));
  expect(latency?.events).toBe(100);
  expect(latency?.p50).toBeCloseTo(0.05);
  expect(latency?.p99).toBeCloseTo(0.099);
  expect(latency?.overallP99).toBeGreaterThan(0.4);
});

test('a service that was started again begins a new histogram', () => {
  const latency = latencyOf(every(second, [histogram(500, 500), histogram(10, 0)]));
  expect(latency?.events).toBe(10);
  expect(latency?.p99).toBeLessThanOrEqual(0.1);
});

test('nothing observed is no percentile', () => {
  expect(latencyOf([])).toBeNull();
  expect(latencyOf(every(second, [{ count: 0, buckets: [] }]))).toEqual({
    events: 0,
    p50: null,
    p99: null,
    overallP99: null,
  });
});

test('tags are compared with ten seconds ago', () => {
  const at = (weights: Record<string, number>) => new Map(Object.entries(weights));
  const samples = every(5 * second, [
    at({ bags: 1 }),
    at({ bags: 2, shoes: 4 }),
    at({ bags: 3, shoes: 4 }),
    at({ shoes: 9, bags: 5, books: 1 }),
  ]);
  expect(tagTrends(samples)).toEqual([
    { tag: 'shoes', weight: 9, change: 5 },
    { tag: 'bags', weight: 5, change: 3 },
    { tag: 'books', weight: 1, change: null },
  ]);
  expect(tagTrends([])).toEqual([]);
});
