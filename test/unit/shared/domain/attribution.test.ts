import fc from 'fast-check';
import {
  type AttributionModel,
  attribute,
  attributionModels,
  needsAges,
} from '../../../../services/shared/domain/attribution';
import { type Credits, type PathCount, totalOf } from '../../../../services/shared/domain/paths';

const day = 86_400_000;

function aPath(path: string, counts: Partial<PathCount> = {}): PathCount {
  const touches = path.split(' > ');
  const agesMs = touches.map((_, touch) => (touches.length - 1 - touch) * day);
  return { path: touches, conversions: 1, revenueMinor: 1000, nulls: 0, agesMs, ...counts };
}

const rounded = (credits: Credits) =>
  Object.fromEntries(
    [...credits].map(([channel, { conversions, revenueMinor }]) => [
      channel,
      [Number(conversions.toFixed(9)), Number(revenueMinor.toFixed(6))],
    ]),
  );

describe('credits of one path', () => {
  const abac = [aPath('A > B > A > Direct')];

  test.each<[AttributionModel, Record<string, readonly number[]>]>([
    ['first', { A: [1, 1000] }],
    ['last', { Direct: [1, 1000] }],
    ['last_non_direct', { A: [1, 1000] }],
    ['linear', { A: [0.5, 500], B: [0.25, 250], Direct: [0.25, 250] }],
    ['position_40_20_40', { A: [0.5, 500], B: [0.1, 100], Direct: [0.4, 400] }],
    [
      'shapley_subset',
      {
        A: [0.333333333, 333.333333],
        B: [0.333333333, 333.333333],
        Direct: [0.333333333, 333.333333],
      },
    ],
    // Without B half of the walks still reach Direct: removal effects 1, 1/2, 1.
    ['markov_order1', { A: [0.4, 400], B: [0.2, 200], Direct: [0.4, 400] }],
  ])('%s', (model, expected) => {
    expect(rounded(attribute(model, abac))).toEqual(expected);
  });

  test('time decay halves a touch with every seven days', () => {
    const row = aPath('A > B > A', { agesMs: [14 * day, 7 * day, 0] });
    expect(rounded(attribute('time_decay_7d', [row]))).toEqual({
      A: [0.714285714, 714.285714],
      B: [0.285714286, 285.714286],
    });
  });

  test('time decay still tells touches apart that are all very old', () => {
    const row = aPath('A > B', { agesMs: [20_007 * day, 20_000 * day] });
    expect(rounded(attribute('time_decay_7d', [row]))).toEqual({
      A: [0.333333333, 333.333333],
      B: [0.666666667, 666.666667],
    });
  });

  test('time decay refuses a path of several channels without ages, and needs none for one', () => {
    expect(() => attribute('time_decay_7d', [aPath('A > B', { agesMs: [] })])).toThrow(RangeError);
    expect(rounded(attribute('time_decay_7d', [aPath('A > A', { agesMs: [] })]))).toEqual({
      A: [1, 1000],
    });
    expect([needsAges(['A', 'A']), needsAges(['A', 'B'])]).toEqual([false, true]);
  });

  test('last non-direct is the last where all are direct', () => {
    expect(rounded(attribute('last_non_direct', [aPath('Direct > Direct')]))).toEqual({
      Direct: [1, 1000],
    });
  });

  test.each([
    ['A', { A: [1, 1000] }],
    ['A > B', { A: [0.5, 500], B: [0.5, 500] }],
    ['A > B > C > D', { A: [0.4, 400], B: [0.1, 100], C: [0.1, 100], D: [0.4, 400] }],
  ])('position of %s', (path, expected) => {
    expect(rounded(attribute('position_40_20_40', [aPath(path)]))).toEqual(expected);
  });

  test('paths without an order give no credit, but Shapley and Markov name their channels', () => {
    const rows = [aPath('A'), aPath('B', { conversions: 0, revenueMinor: 0, nulls: 3 })];
    expect(rounded(attribute('linear', rows))).toEqual({ A: [1, 1000] });
    for (const model of ['shapley_subset', 'markov_order1'] as const) {
      expect(rounded(attribute(model, rows))).toEqual({ A: [1, 1000], B: [0, 0] });
    }
  });
});

const channel = fc.constantFrom('A', 'B', 'C', 'D', 'Direct');
const anyPath = fc
  .record({
    touches: fc.array(fc.tuple(channel, fc.integer({ min: 0, max: 90 * day })), {
      minLength: 1,
      maxLength: 8,
    }),
    conversions: fc.integer({ min: 0, max: 50 }),
    revenueMinor: fc.integer({ min: 0, max: 10_000_000 }),
    nulls: fc.integer({ min: 0, max: 50 }),
  })
  .map(({ touches, conversions, revenueMinor, nulls }): PathCount => {
    const inOrder = [...touches].sort((a, b) => b[1] - a[1]);
    return {
      path: inOrder.map(([name]) => name),
      agesMs: inOrder.map(([, age]) => age),
      conversions,
      revenueMinor: conversions === 0 ? 0 : revenueMinor,
      nulls: conversions === 0 ? nulls + 1 : nulls,
    };
  });
const anyPaths = fc.array(anyPath, { minLength: 1, maxLength: 30 });

describe.each(attributionModels)('%s', (model) => {
  test('credits are never negative and add up to orders and revenue', () => {
    fc.assert(
      fc.property(anyPaths, (rows) => {
        const total = totalOf(rows);
        const credits = [...attribute(model, rows).values()];
        let conversions = 0;
        let revenueMinor = 0;
        for (const credit of credits) {
          expect(Math.min(credit.conversions, credit.revenueMinor)).toBeGreaterThanOrEqual(0);
          conversions += credit.conversions;
          revenueMinor += credit.revenueMinor;
        }
        expect(Math.abs(conversions - total.conversions)).toBeLessThan(1e-9 * (1 + conversions));
        expect(Math.abs(revenueMinor - total.revenueMinor)).toBeLessThan(1e-9 * (1 + revenueMinor));
      }),
    );
  });

  test('the order of the rows does not matter', () => {
    fc.assert(
      fc.property(anyPaths, (rows) => {
        const turned = attribute(model, [...rows].reverse());
        for (const [name, credit] of attribute(model, rows)) {
          expect(turned.get(name)?.conversions).toBeCloseTo(credit.conversions, 9);
        }
      }),
    );
  });

  test('channels with each other’s names change places', () => {
    const swap = (name: string) => ({ A: 'B', B: 'A' })[name] ?? name;
    fc.assert(
      fc.property(anyPaths, (rows) => {
        const before = attribute(model, rows);
        const swapped = rows.map((row) => ({ ...row, path: row.path.map(swap) }));
        const after = attribute(model, swapped);
        for (const [name, credit] of before) {
          expect(after.get(swap(name))?.conversions).toBeCloseTo(credit.conversions, 9);
        }
      }),
    );
  });
});
