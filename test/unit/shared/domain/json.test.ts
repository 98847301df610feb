import fc from 'fast-check';
import {
  kindOf,
  longerThan,
  objectAt,
  textAt,
  textOf,
  wellFormed,
} from '../../../../services/shared/domain/json';

test.each([
  ['a', 'a'],
  [' a ', ' a '],
  [7, '7'],
  [0, '0'],
  ['\ud800x', '\ufffdx'],
  ['👍', '👍'],
  ['', null],
  [Number.NaN, null],
  [true, null],
  [null, null],
  [undefined, null],
  [{ toString: () => 'x' }, null],
  [['a'], null],
])('textOf(%p) is %p', (value, expected) => {
  expect(textOf(value)).toBe(expected);
});

test('textAt takes the first key that has a text', () => {
  expect(textAt({ a: '', b: null, c: 3, d: 'x' }, 'a', 'b', 'c', 'd')).toBe('3');
  expect(textAt({}, 'constructor', 'toString')).toBeNull();
});

test('objectAt believes nothing', () => {
  expect(objectAt({ a: [1] }, 'a')).toEqual({});
  expect(objectAt({ a: 'text' }, 'a')).toEqual({});
  expect(objectAt({ a: { b: 1 } }, 'a')).toEqual({ b: 1 });
});

test('kindOf names what came', () => {
  expect([null, [], 1, 'x', {}].map(kindOf)).toEqual([
    'null',
    'an array',
    'a number',
    'a string',
    'an object',
  ]);
});

test('well-formed text is what a decoder of its UTF-8 bytes reads', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      }),
      (text) => {
        expect(wellFormed(text)).toBe(Buffer.from(text, 'utf8').toString('utf8'));
      },
    ),
  );
});

test('longerThan counts UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(150), (text, bound) => {
      expect(longerThan(text, bound)).toBe(Buffer.byteLength(text, 'utf8') > bound);
    }),
  );
});
