import fc from 'fast-check';
import { Latencies } from '../../../../bench/measure/latencies';

const of = (times: readonly number[]) => {
  const latencies = new Latencies();
  for (const ms of times) latencies.add(ms);
  return latencies;
};

test('quantiles are those of the sorted times, to a tenth of a millisecond', () => {
  const time = fc.double({ min: 0, max: 2000, noNaN: true });
  const share = fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1);
  fc.assert(
    fc.property(fc.array(time, { minLength: 1, maxLength: 200 }), share, (times, q) => {
      const sorted = [...times].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(q * sorted.length) - 1] ?? 0;
      const found = of(times).quantile(q) ?? -1;
      expect(found).toBeGreaterThanOrEqual(exact - 1e-9);
      expect(found - exact).toBeLessThanOrEqual(0.1);
    }),
  );
});

test('nothing has no quantile; the largest and those above a bound are known', () => {
  expect(of([]).quantile(0.5)).toBeNull();
  const some = of([5, 299.9, 300, 300.1, 70_000, -3]);
  expect([some.count, some.max, some.above(300), some.above(1000)]).toEqual([6, 70_000, 2, 1]);
  expect(some.quantile(1)).toBe(60_000);
});
