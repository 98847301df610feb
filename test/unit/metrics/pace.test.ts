import { hasRested } from '../../../services/metrics/pace';

const pace = { everyMs: 30_000, restFactor: 8, idleEveryMs: 1000 };

test.each([
  ['a quick run rests the shortest time', 100, 29_999, false, false],
  ['and no longer', 100, 30_000, false, true],
  ['a long run rests many times what it took', 5000, 39_999, false, false],
  ['and no longer', 5000, 40_000, false, true],
  ['when nothing comes any more a quick run is soon followed', 100, 1000, true, true],
  ['a long run still rests as long as it took', 5000, 4999, true, false],
  ['and no longer', 5000, 5000, true, true],
])('%s', (_, tookMs, sinceMs, idle, rested) => {
  expect(hasRested(pace, { now: sinceMs, endedAt: 0, tookMs }, idle)).toBe(rested);
});

test('the first run need not wait', () => {
  const never = { now: 0, endedAt: Number.NEGATIVE_INFINITY, tookMs: 0 };
  expect(hasRested(pace, never, false)).toBe(true);
});
