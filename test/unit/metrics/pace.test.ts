import { hasRested } from '../../../services/metrics/pace';

const pace = { everyMs: 1000, restFactor: 6, idleEveryMs: 1000 };
const calm = { tookMs: 100, facts: 50, idle: false };
const full = { tookMs: 200, facts: 30_000, idle: false };
const never = Number.POSITIVE_INFINITY;

test.each([
  ['in a calm stream a quick run rests the shortest time', { ...calm, elapsedMs: 999 }, false],
  ['and no longer', { ...calm, elapsedMs: 1000 }, true],
  ['a long run rests as long as it took', { ...calm, tookMs: 5000, elapsedMs: 4999 }, false],
  ['and no longer', { ...calm, tookMs: 5000, elapsedMs: 5000 }, true],
  ['in a full stream a run rests many times what it took', { ...full, elapsedMs: 5900 }, false],
  ['and no longer', { ...full, elapsedMs: 6100 }, true],
  [
    'when nothing comes any more it is soon followed',
    { ...full, idle: true, elapsedMs: 1000 },
    true,
  ],
  ['though rested', { ...full, tookMs: 3000, idle: true, elapsedMs: 2999 }, false],
  ['the first need not wait', { tookMs: 0, facts: 1e6, idle: false, elapsedMs: never }, true],
])('%s', (_, rest, rested) => {
  expect(hasRested(pace, rest)).toBe(rested);
});

test('a backfill spends the same on windows for each record, however long a run takes', () => {
  const factsPerMs = 5;
  for (const tookMs of [100, 500, 2000]) {
    let elapsedMs = 1;
    const rested = () =>
      hasRested(pace, { tookMs, elapsedMs, facts: elapsedMs * factsPerMs, idle: false });
    while (!rested()) elapsedMs += 1;
    expect((tookMs * 1000) / (elapsedMs * factsPerMs)).toBeCloseTo(1000 / 150, 0);
  }
});
