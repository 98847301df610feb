import { histogramsBy, quantile } from '../../../../services/shared/domain/histogram';

const page = `# HELP wait_seconds A sentence.
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.1",lane="live"} 10
wait_seconds_bucket{le="0.3",lane="live"} 90
wait_seconds_bucket{le="+Inf",lane="live"} 100
wait_seconds_sum{lane="live"} 12
wait_seconds_count{lane="live"} 100
wait_seconds_bucket{le="0.1",lane="import"} 0
wait_seconds_bucket{le="0.3",lane="import"} 0
wait_seconds_bucket{le="+Inf",lane="import"} 0
other_wait_seconds_bucket{le="0.1",lane="live"} 7
`;

test('reads one histogram a label value', () => {
  const found = histogramsBy('lane', 'wait_seconds', page);
  expect([...found.keys()]).toEqual(['live', 'import']);
  expect(found.get('live')).toEqual({
    count: 100,
    buckets: [
      { le: 0.1, count: 10 },
      { le: 0.3, count: 90 },
      { le: Number.POSITIVE_INFINITY, count: 100 },
    ],
  });
});

test('adds up series that differ in other labels only', () => {
  const two = 'x_bucket{lane="a",le="1",part="0"} 1\nx_bucket{lane="a",le="1",part="1"} 4\n';
  expect(histogramsBy('lane', 'x', two).get('a')?.count).toBe(5);
});

test.each([
  [0.05, 0.05],
  [0.1, 0.1],
  [0.5, 0.2],
  [0.9, 0.3],
  [0.99, 0.3], // beyond the last finite bound nothing is known but that bound
])('quantile %s is %s', (q, seconds) => {
  const live = histogramsBy('lane', 'wait_seconds', page).get('live');
  if (live === undefined) throw new Error('no histogram');
  expect(quantile(q, live)).toBeCloseTo(seconds, 9);
});

test('nothing observed, nothing known', () => {
  expect(quantile(0.5, { count: 0, buckets: [{ le: 1, count: 0 }] })).toBeNull();
});
