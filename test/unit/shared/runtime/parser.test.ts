import {
  between,
  bytes,
  flag,
  integer,
  list,
  milliseconds,
  number,
  optional,
  secret,
  url,
} from '../../../../services/shared/runtime/parser';

test.each([
  ['200', 200],
  ['200ms', 200],
  ['10s', 10_000],
  ['1.5s', 1500],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['6d', 518_400_000],
  ['0', 0],
])('milliseconds of %s', (value, expected) => {
  expect(milliseconds.parse(value)).toBe(expected);
});

test.each(['', 's', '-5s', '5 parsecs', '1e3', '5sec', '5constructor'])(
  'no milliseconds: %p',
  (value) => {
    expect(() => milliseconds.parse(value)).toThrow('must be a number followed by');
  },
);

test.each([
  ['65536', 65_536],
  ['64KiB', 65_536],
  ['4MiB', 4_194_304],
  ['1GiB', 1_073_741_824],
  ['10B', 10],
])('bytes of %s', (value, expected) => {
  expect(bytes.parse(value)).toBe(expected);
});

test.each([
  ['true', true],
  ['ON', true],
  ['1', true],
  ['no', false],
  ['off', false],
])('flag %s', (value, expected) => {
  expect(flag.parse(value)).toBe(expected);
});

test('faults end the sentence that the variable begins', () => {
  expect(() => flag.parse('maybe')).toThrow("must be true or false, and is 'maybe'");
  expect(() => integer.parse('1.5')).toThrow("must be a whole number, and is '1.5'");
  expect(() => integer.parse(' ')).toThrow("must be a number, and is ' '");
  expect(() => number.parse('NaN')).toThrow("must be a number, and is 'NaN'");
  expect(() => between(number, { min: 2 }).parse('1')).toThrow('must be at least 2, and is 1');
  expect(() => url.parse('localhost')).toThrow('must be a URL');
});

test('lists drop spaces and empty parts, and are printed as they are written', () => {
  expect(list.parse(' a, ,b ,')).toEqual(['a', 'b']);
  expect(list.show(['a', 'b'])).toBe('a,b');
});

test('optional settings may be empty; secrets stay secret', () => {
  expect(optional(integer).parse('')).toBeNull();
  expect(optional(integer).parse('3')).toBe(3);
  expect(optional(integer).show(null)).toBe('');
  expect(optional(secret).show('hush')).toBe('***');
});
