import fc from 'fast-check';
import { colourInk } from '../../../../deploy/panel/ink';
import {
  barOf,
  bothEnds,
  cutTo,
  grouped,
  leftIn,
  printable,
  rightIn,
  spanOf,
  sparkOf,
  widthOf,
} from '../../../../deploy/panel/text';

const texts = fc.string({ unit: 'grapheme', maxLength: 30 }).map(printable);
const widths = fc.integer({ min: 0, max: 40 });

test('text from outside can neither move the cursor, nor colour, nor turn round', () => {
  expect(printable('a\u001b[2Jb\u0007\u202ec\u2028d\nе')).toBe('a�[2Jb��c�d�е');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
  );
});

test('a column is as wide as it is meant to be, in any script and colour', () => {
  fc.assert(
    fc.property(texts, widths, (text, width) => {
      for (const place of [leftIn, rightIn]) {
        expect(widthOf(place(text, width))).toBe(width);
        expect(widthOf(place(colourInk.good(text), width))).toBe(width);
      }
      expect(widthOf(cutTo(text, width))).toBeLessThanOrEqual(width);
    }),
  );
});

test('what is cut ends with an ellipsis; East Asian characters take two columns', () => {
  expect(cutTo('category:Bags', 8)).toBe('categor…');
  expect(cutTo('category:Bags', 13)).toBe('category:Bags');
  expect(widthOf('分类:包')).toBe(7);
  expect(leftIn('分类:包', 5)).toBe('分类…');
  expect(leftIn('分类:包', 4)).toBe('分… ');
  expect(cutTo('abc', 0)).toBe('');
});

test('both ends of a line stand at its ends', () => {
  expect(bothEnds('left', 'right', 14)).toBe('left     right');
  expect(bothEnds('a long text', 'right', 12)).toBe('a lon… right');
});

test('bars are drawn to the eighth of a column, and never beyond', () => {
  expect(barOf(0.5, 10)).toBe('█████');
  expect(barOf(0.51, 10)).toBe('█████▏');
  expect(barOf(0.0001, 10)).toBe('▏');
  expect(barOf(0, 10)).toBe('');
  expect(barOf(7, 3)).toBe('███');
  expect(barOf(0.5, -4)).toBe('');
});

test('a spark line shows the latest values that fit', () => {
  expect(sparkOf([0, 1, 2, 4, 8], 5)).toBe('▁▂▃▅█');
  expect(sparkOf([8, 0, 8], 2)).toBe('▁█');
  expect(sparkOf([0, 0], 5)).toBe('▁▁');
  expect(sparkOf([1], -1)).toBe('');
});

test('numbers and times as people read them', () => {
  expect(['1234567.10', '-1234', '12', '0.5'].map(grouped)).toEqual([
    '1,234,567.10',
    '-1,234',
    '12',
    '0.5',
  ]);
  expect([0, 59_999, 134_000, 3_599_000, 7_260_000, 172_800_000].map(spanOf)).toEqual([
    '0 s',
    '59 s',
    '2 min 14 s',
    '59 min 59 s',
    '2 h 1 min',
    '2 days',
  ]);
});
