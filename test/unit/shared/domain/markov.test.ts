import fc from 'fast-check';
import { markovCredits, markovModel } from '../../../../services/shared/domain/markov';
import type { PathCount } from '../../../../services/shared/domain/paths';

function aPath(path: string, conversions: number, nulls: number): PathCount {
  const touches = path === '' ? [] : path.split(' > ');
  return { path: touches, conversions, revenueMinor: conversions * 100, nulls, agesMs: [] };
}

test('a chain small enough to solve by hand', () => {
  // (start) -> A always; A -> B half the time, else lost; B -> conversion half the time, else lost.
  const model = markovModel([aPath('A', 0, 2), aPath('A > B', 1, 1)]);
  expect(model.conversionProbability).toBeCloseTo(0.25, 12);
  expect(Object.fromEntries(model.removalEffects)).toEqual({ A: 1, B: 1 });
  expect(model.transitions.get('(start)')).toEqual(new Map([['A', 1]]));
  expect(model.transitions.get('A')).toEqual(
    new Map([
      ['(conversion)', 0],
      ['(null)', 0.5],
      ['B', 0.5],
    ]),
  );
});

test('a repeated channel is a step back to itself, and its removal loses only what passes it', () => {
  // A -> A 1/3, conversion 2/3 of A's exits; B converts always: P = 1, without A only B's half.
  const model = markovModel([aPath('A', 1, 0), aPath('A > A', 1, 0), aPath('B', 2, 0)]);
  expect(model.transitions.get('A')?.get('A')).toBeCloseTo(1 / 3, 12);
  expect(model.conversionProbability).toBeCloseTo(1, 12);
  expect(model.removalEffects.get('A')).toBeCloseTo(0.5, 12);
  expect(model.removalEffects.get('B')).toBeCloseTo(0.5, 12);
});

test('without an order nothing is lost by a removal and nothing is shared out', () => {
  const model = markovModel([aPath('A > B', 0, 4)]);
  expect([...model.removalEffects.values()]).toEqual([0, 0]);
  const credits = markovCredits(model, { conversions: 0, revenueMinor: 0 });
  expect(credits.get('A')).toEqual({ conversions: 0, revenueMinor: 0 });
});

test('no paths at all are a chain that converts nobody', () => {
  expect(markovModel([])).toEqual({
    conversionProbability: 0,
    removalEffects: new Map(),
    transitions: new Map([['(start)', new Map()]]),
  });
});

test('probabilities are probabilities, and P(conversion) is the share of paths that convert', () => {
  const anyPaths = fc.array(
    fc
      .tuple(
        fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: 1, maxLength: 6 }),
        fc.nat(30),
        fc.nat(30),
      )
      .filter(([, conversions, nulls]) => conversions + nulls > 0)
      .map(([path, conversions, nulls]) => aPath(path.join(' > '), conversions, nulls)),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(anyPaths, (paths) => {
      const model = markovModel(paths);
      let orders = 0;
      let walks = 0;
      for (const { conversions, nulls } of paths) {
        orders += conversions;
        walks += conversions + nulls;
      }
      // A first-order chain fitted to whole walks keeps their overall conversion rate.
      expect(model.conversionProbability).toBeCloseTo(orders / walks, 9);
      for (const effect of model.removalEffects.values()) {
        expect(effect).toBeGreaterThanOrEqual(0);
        expect(effect).toBeLessThanOrEqual(1);
      }
      for (const row of model.transitions.values()) {
        const sum = [...row.values()].reduce((total, chance) => total + chance, 0);
        expect(sum).toBeCloseTo(1, 9);
      }
    }),
  );
});
