import { slopeOf } from '../../../../bench/measure/slope';

test('the slope of a line, and of points around it', () => {
  const line = [0, 1, 2, 3, 4].map((x) => ({ x, y: 7 + 2.5 * x }));
  expect(slopeOf(line)).toBeCloseTo(2.5);
  const around = line.map(({ x, y }) => ({ x, y: y + (x % 2 === 0 ? 1 : -3) }));
  expect(slopeOf(around)).toBeCloseTo(2.5);
});

test('a point has no slope', () => {
  expect(slopeOf([])).toBeNull();
  expect(slopeOf([{ x: 3, y: 1 }])).toBeNull();
});
