import { compareTables, type Table } from '../../../../deploy/verify/compare';

const table = (rows: Record<string, (number | string)[]>): Table => new Map(Object.entries(rows));

test.each([
  ['the same', { a: [1, 'x'] }, { a: [1, 'x'] }, 1, 0],
  ['another number', { a: [1], b: [2] }, { a: [1], b: [3] }, 2, 1],
  ['another text', { a: ['x'] }, { a: ['y'] }, 1, 1],
  ['a number as text', { a: [1] }, { a: ['1'] }, 1, 1],
  ['a missing row', { a: [1], b: [0] }, { a: [1] }, 2, 1],
  ['a row too many', { a: [1] }, { a: [1], b: [0] }, 2, 1],
  ['a column too few', { a: [1, 2] }, { a: [1] }, 1, 1],
  ['no number', { a: [1] }, { a: [Number.NaN] }, 1, 1],
])('%s', (_what, expected, actual, compared, differ) => {
  const result = compareTables('t', {
    expected: table(expected as Record<string, number[]>),
    actual: table(actual as Record<string, number[]>),
  });
  expect(result).toMatchObject({ compared, differ });
  expect(result.examples).toHaveLength(differ);
});

test('a tolerance is for its column', () => {
  const pair = { expected: table({ a: [1, 1] }), actual: table({ a: [1.05, 1.05] }) };
  expect(compareTables('t', pair, { tolerances: [0.1, 0.1] }).differ).toBe(0);
  expect(compareTables('t', pair, { tolerances: [0.1] }).differ).toBe(1);
});

test('a missing row stands for zeros only where that is said', () => {
  const pair = { expected: table({ a: [0, 0], b: [0] }), actual: table({ b: [0], c: [0] }) };
  expect(compareTables('t', pair, { missingIsZero: true }).differ).toBe(0);
  expect(compareTables('t', pair).differ).toBe(2);
  const more = { expected: table({ a: [1] }), actual: table({}) };
  expect(compareTables('t', more, { missingIsZero: true }).differ).toBe(1);
});

test('the first differences are told', () => {
  const expected = table(
    Object.fromEntries(Array.from({ length: 9 }, (_, row) => [`r${row}`, [1]])),
  );
  const { differ, examples } = compareTables('t', { expected, actual: table({ r0: [2] }) });
  expect(differ).toBe(9);
  expect(examples).toHaveLength(5);
  expect(examples[0]).toBe('r0: expected 1, found 2');
  expect(examples[1]).toBe('r1: expected 1, found no row');
});
