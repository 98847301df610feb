import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { chunksOf, windowKey } from '../../../../services/shared/domain/window';

const minute = 60_000;
const bounds = { lengthMs: minute, maxWindows: 5, maxRuns: 3, maxGapMs: 10 * minute };
const at = (nth: number, tenant = 'a') => ({ tenant, start: nth * minute });

test('neighbours of a tenant are one run, in order of time', () => {
  const [chunk, ...others] = chunksOf([at(3), at(1), at(2), at(2, 'b')], bounds);
  expect(others).toEqual([]);
  expect(chunk).toEqual({
    windows: [at(1), at(2), at(2, 'b'), at(3)],
    runs: [
      { tenant: 'a', from: minute, to: 4 * minute },
      { tenant: 'b', from: 2 * minute, to: 3 * minute },
    ],
    from: minute,
    to: 4 * minute,
  });
});

test.each([
  ['many windows', [1, 2, 3, 4, 5, 6], [5, 1]],
  ['many runs', [1, 3, 5, 7], [3, 1]],
  ['a wide gap', [1, 2, 12, 23], [3, 1]],
])('%s begin another chunk', (_, minutes, sizes) => {
  const chunks = chunksOf(
    minutes.map((nth) => at(nth)),
    bounds,
  );
  expect(chunks.map(({ windows }) => windows.length)).toEqual(sizes);
});

test('every window is in exactly one chunk, and in exactly one run of it', () => {
  const windows = array(
    record({
      tenant: constantFrom('a', 'b'),
      start: integer({ min: 0, max: 60 }).map((n) => n * minute),
    }),
  );
  assert(
    property(windows, (some) => {
      const wanted = [...new Map(some.map((window) => [windowKey(window), window])).values()];
      const chunks = chunksOf(wanted, bounds);
      const keys = chunks.flatMap((chunk) => chunk.windows.map(windowKey));
      expect(keys.sort()).toEqual(wanted.map(windowKey).sort());
      const inRuns = chunks.flatMap(({ runs }) =>
        runs.flatMap(({ tenant, from, to }) =>
          Array.from({ length: (to - from) / minute }, (_, nth) => at(from / minute + nth, tenant)),
        ),
      );
      expect(inRuns.map(windowKey).sort()).toEqual(keys);
      for (const { windows: inside, runs, from, to } of chunks) {
        expect(inside.length).toBeLessThanOrEqual(5);
        expect(runs.length).toBeLessThanOrEqual(3);
        expect(inside.every(({ start }) => start >= from && start < to)).toBe(true);
      }
    }),
  );
});
