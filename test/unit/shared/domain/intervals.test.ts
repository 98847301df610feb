import { array, assert, integer, property } from 'fast-check';
import { Intervals } from '../../../../services/shared/domain/intervals';

function intervalsOf(values: readonly number[], near = 5, limit = 4): Intervals {
  const intervals = new Intervals({ near, limit });
  for (const value of values) intervals.add(value);
  return intervals;
}

const spans = (intervals: Intervals) => intervals.spans.map(({ first, last }) => [first, last]);

test.each([
  ['neighbours are one', [1, 2, 3], [[1, 3]]],
  ['so are near ones, from either side', [10, 15, 5], [[5, 15]]],
  [
    'far ones stay apart',
    [10, 16, 4],
    [
      [4, 4],
      [10, 10],
      [16, 16],
    ],
  ],
  ['one in between joins them', [10, 20, 15], [[10, 20]]],
  [
    'the closest are joined when there are too many',
    [0, 10, 30, 50, 100],
    [
      [0, 10],
      [30, 30],
      [50, 50],
      [100, 100],
    ],
  ],
])('%s', (_, values, expected) => {
  expect(spans(intervalsOf(values))).toEqual(expected);
});

test('no value is ever forgotten, in bounded room', () => {
  const values = array(integer({ min: -1000, max: 1000 }), { maxLength: 60 });
  assert(
    property(values, values, (some, more) => {
      const intervals = intervalsOf(some);
      intervals.addAll(intervalsOf(more));
      const held = (value: number) =>
        intervals.spans.some(({ first, last }) => first <= value && value <= last);
      expect([...some, ...more].every(held)).toBe(true);
      expect(intervals.spans.length).toBeLessThanOrEqual(4);
      intervals.spans.slice(1).forEach(({ first }, nth) => {
        expect(first).toBeGreaterThan(intervals.spans[nth]?.last ?? first);
      });
    }),
  );
});

test('far values that fit do not swallow what lies between', () => {
  const values = array(integer({ min: 0, max: 3 }), { maxLength: 30 });
  assert(
    property(values, (some) => {
      const intervals = intervalsOf(some.map((value) => value * 100));
      expect(spans(intervals)).toEqual([...new Set(some)].sort().map((n) => [n * 100, n * 100]));
    }),
  );
});
