import fc from 'fast-check';
import { createDraw, drawOf } from '../../../../deploy/traffic/draw';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

function tenOf(draw: ReturnType<typeof createDraw>): number[] {
  return Array.from({ length: 10 }, () => draw.between(0, 1));
}

test('the same seed draws the same, another one something else', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      expect(tenOf(createDraw(seed))).toEqual(tenOf(createDraw(seed)));
      expect(tenOf(createDraw(seed))).not.toEqual(tenOf(createDraw(seed + 1)));
    }),
  );
});

test('neighbouring streams of a seed are different sources', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: -2, max: 100_000 }), (seed, stream) => {
      expect(tenOf(drawOf(seed, stream))).not.toEqual(tenOf(drawOf(seed, stream + 1)));
    }),
  );
});

test('streams side by side are even together', () => {
  const firsts = Array.from({ length: 10_000 }, (_, stream) => drawOf(7, stream).between(0, 1));
  const tenths = new Array(10).fill(0);
  for (const value of firsts) tenths[Math.floor(value * 10)] += 1;
  for (const many of tenths) expect(Math.abs(many - 1000)).toBeLessThan(150);
});

test('weights are shares', () => {
  const draw = createDraw(3);
  const things = [
    { name: 'often', weight: 9 },
    { name: 'never', weight: 0 },
    { name: 'seldom', weight: 1 },
  ];
  const drawn = Array.from({ length: 20_000 }, () => draw.weighted(things).name);
  expect(drawn.filter((name) => name === 'never')).toHaveLength(0);
  const often = drawn.filter((name) => name === 'often').length;
  expect(Math.abs(often - 18_000)).toBeLessThan(300);
});

test('whole numbers reach both ends and pauses keep near their median', () => {
  const draw = createDraw(5);
  const wholes = new Set(Array.from({ length: 500 }, () => draw.whole(2, 5)));
  expect([...wholes].sort()).toEqual([2, 3, 4, 5]);
  const pauses = Array.from({ length: 9_999 }, () => draw.pauseMs(800)).sort((a, b) => a - b);
  expect(pauses[0]).toBeGreaterThanOrEqual(100);
  expect(pauses.at(-1)).toBeLessThanOrEqual(6_400);
  expect(Math.abs((pauses[5_000] ?? 0) - 800)).toBeLessThan(40);
});

test('there is nothing to pick from nothing', () => {
  expect(() => createDraw(1).pick([])).toThrow(RangeError);
});
