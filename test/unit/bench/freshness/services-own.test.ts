import { above, highestBound, since } from '../../../../bench/freshness/services-own';

const bounds = [0.3, 1, Number.POSITIVE_INFINITY];
const histogram = (...counts: readonly number[]) => ({
  count: counts.at(-1) ?? 0,
  buckets: counts.map((count, index) => ({ le: bounds[index] ?? Number.NaN, count })),
});

test('what was observed between two readings', () => {
  expect(since(histogram(5, 6, 6), histogram(7, 9, 10))).toEqual(histogram(2, 3, 4));
  expect(since({ count: 0, buckets: [] }, histogram(7, 9, 10))).toEqual(histogram(7, 9, 10));
  expect(() => since(histogram(5, 6, 6), histogram(1, 1, 1))).toThrow('started again');
});

test('how many were above a bound, and below which all of them were', () => {
  expect(above(0.3, histogram(2, 3, 4))).toBe(2);
  expect(above(1, histogram(2, 3, 4))).toBe(1);
  expect(above(1, { count: 0, buckets: [] })).toBe(0);
  expect(() => above(0.7, histogram(2, 3, 4))).toThrow('no bucket');
  expect(highestBound(histogram(2, 4, 4))).toBe(1);
  expect(highestBound(histogram(2, 3, 4))).toBe(Number.POSITIVE_INFINITY);
  expect(highestBound(histogram(0, 0, 0))).toBeNull();
});
