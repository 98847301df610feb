import fc from 'fast-check';
import { currencyOf, exponentOf } from '../../../../services/shared/domain/currencies';
import { maxMinor, toMinor } from '../../../../services/shared/domain/money';

const minor = (value: unknown, exponent = 2) => {
  const amount = toMinor(value, exponent);
  return amount.ok ? amount.minor : 'fault';
};

describe('toMinor', () => {
  test.each<[unknown, number, number | null]>([
    [44.1, 2, 4410],
    ['44.1', 2, 4410],
    [' 44.10 ', 2, 4410],
    [0.1 + 0.2, 2, 30],
    [1.005, 2, 101],
    [-1.005, 2, -101],
    ['1.004999999999999999999', 2, 100],
    ['-0.005', 2, -1],
    [0.0049, 2, 0],
    [-0.001, 2, 0],
    ['.5', 2, 50],
    ['5.', 2, 500],
    ['+5', 2, 500],
    ['1e3', 2, 100_000],
    [1e-7, 2, 0],
    ['15e-3', 2, 2],
    ['0000012.30', 2, 1230],
    [1500, 0, 1500],
    [1500.5, 0, 1501],
    [1.2345, 3, 1235],
    [1.2345, 4, 12_345],
    [maxMinor / 100, 2, maxMinor],
    [null, 2, null],
    [undefined, 2, null],
  ])('%p at exponent %i is %p', (value, exponent, expected) => {
    expect(minor(value, exponent)).toBe(expected);
  });

  test.each<[unknown]>([
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1e300],
    [maxMinor / 100 + 0.01],
    ['1e999'],
    [''],
    ['   '],
    ['.'],
    ['e5'],
    ['1,234.50'],
    ['12 USD'],
    ['0x10'],
    ['NaN'],
    ['--1'],
    ['9'.repeat(500)],
    [true],
    [{}],
    [[12]],
  ])('%p is no amount, and never a zero', (value) => {
    expect(minor(value)).toBe('fault');
  });

  test('is exact for every number of cents, as a number and as a string', () => {
    fc.assert(
      fc.property(fc.integer({ min: -maxMinor, max: maxMinor }), (cents) => {
        const sign = cents < 0 ? '-' : '';
        const digits = String(Math.abs(cents)).padStart(3, '0');
        const text = `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
        expect(minor(text)).toBe(cents);
        // Up to 2^53 cents the nearest double of the decimal prints as that decimal again.
        expect(minor(Number(text))).toBe(cents === 0 ? 0 : cents);
      }),
      { numRuns: 2000 },
    );
  });

  test('rounds half away from zero at any exponent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 0, max: 999 }),
        fc.integer({ min: 0, max: 4 }),
        (whole, thousandths, exponent) => {
          const text = `${whole}.${'0'.repeat(exponent)}${String(thousandths).padStart(3, '0')}`;
          const up = thousandths >= 500 ? 1 : 0;
          expect(minor(text, exponent)).toBe(whole * 10 ** exponent + up);
          expect(minor(`-${text}`, exponent)).toBe(0 - whole * 10 ** exponent - up);
        },
      ),
    );
  });

  test('never throws and never gives a number that is no integer', () => {
    fc.assert(
      fc.property(fc.anything(), fc.integer({ min: 0, max: 4 }), (value, exponent) => {
        const amount = toMinor(value, exponent);
        if (amount.ok && amount.minor !== null)
          expect(Number.isSafeInteger(amount.minor)).toBe(true);
      }),
    );
  });
});

describe('currencies', () => {
  test.each([
    ['USD', 'USD', 2],
    ['usd', 'USD', 2],
    [' eur ', 'EUR', 2],
    ['JPY', 'JPY', 0],
    ['KWD', 'KWD', 3],
    ['CLF', 'CLF', 4],
  ])('%s is %s with %i places', (sent, code, exponent) => {
    expect(currencyOf(sent)).toBe(code);
    expect(exponentOf(code)).toBe(exponent);
  });

  test.each([['XXX'], ['bitcoin'], [''], ['US'], ['constructor'], [12], [null], [{}]])(
    '%p is none',
    (sent) => {
      expect(currencyOf(sent)).toBeNull();
    },
  );
});
