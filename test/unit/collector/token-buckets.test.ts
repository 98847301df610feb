import fc from 'fast-check';
import { createTokenBuckets } from '../../../services/collector/token-buckets';
import { aClock } from '../../support/fake-clock';

function aSet({ perSecond = 10, burst = 20, most = 100 } = {}) {
  const clock = aClock(1_000_000);
  return { clock, buckets: createTokenBuckets({ perSecond, burst, most, now: clock.now }) };
}

test('a burst, and then as fast as it fills', () => {
  const { clock, buckets } = aSet();
  for (let taken = 0; taken < 20; taken += 1) expect(buckets.take('a', 1)).toBe(0);
  expect(buckets.take('a', 1)).toBe(100);
  clock.advance(99);
  expect(buckets.take('a', 1)).toBe(1);
  clock.advance(1);
  expect(buckets.take('a', 1)).toBe(0);
  expect(buckets.take('a', 1)).toBe(100);
});

test('names do not share', () => {
  const { buckets } = aSet({ burst: 1 });
  expect(buckets.take('a', 1)).toBe(0);
  expect(buckets.take('b', 1)).toBe(0);
  expect(buckets.take('a', 1)).toBe(100);
});

test('more than there is goes through, and those after it wait for the debt', () => {
  const { clock, buckets } = aSet();
  expect(buckets.take('a', 50)).toBe(0);
  expect(buckets.take('a', 1)).toBe(3100);
  clock.advance(3100);
  expect(buckets.take('a', 1)).toBe(0);
});

test('asking takes nothing', () => {
  const { buckets } = aSet({ burst: 1 });
  expect([buckets.waitMs('a'), buckets.waitMs('a'), buckets.take('a', 1)]).toEqual([0, 0, 0]);
  expect([buckets.waitMs('a'), buckets.waitMs('a')]).toEqual([100, 100]);
});

test('a clock that is set back neither fills nor empties', () => {
  const { clock, buckets } = aSet({ burst: 2 });
  buckets.take('a', 2);
  clock.advance(-60_000);
  expect(buckets.take('a', 1)).toBe(100);
  clock.advance(100);
  expect(buckets.take('a', 1)).toBe(0);
});

test('what is remembered is bounded: the one unused for longest goes first', () => {
  const { buckets } = aSet({ burst: 1, most: 3 });
  for (const name of ['a', 'b', 'c']) buckets.take(name, 1);
  buckets.take('a', 1);
  buckets.take('d', 1);
  expect(['a', 'b', 'c', 'd'].map((name) => buckets.waitMs(name))).toEqual([100, 0, 100, 100]);
});

test('property: never more than the burst and what filled, and always after the wait', () => {
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 500 }), honest: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { clock, buckets } = aSet({ perSecond: 7, burst: 5 });
      const begun = clock.now();
      let taken = 0;
      for (const { waitMs, honest } of steps) {
        const asked = buckets.take('a', 1);
        if (asked === 0) taken += 1;
        clock.advance(honest ? asked : waitMs);
        if (honest && asked > 0) {
          expect(buckets.take('a', 1)).toBe(0);
          taken += 1;
        }
        const filled = ((clock.now() - begun) * 7) / 1000;
        expect(taken).toBeLessThanOrEqual(5 + filled + 1e-6);
      }
    }),
  );
});
