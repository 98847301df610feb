import fc from 'fast-check';
import { amountText, decimalText, exactShares } from '../../../../services/shared/domain/decimal';

test.each([
  [1878500, 'USD', '18785.00'],
  [5, 'EUR', '0.05'],
  [-1205, 'USD', '-12.05'],
  [0, 'USD', '0.00'],
  [1500, 'JPY', '1500'],
  [1500, 'KWD', '1.500'],
  [1500, 'not a currency', '15.00'],
])('%d minor units of %s are %s', (minor, currency, text) => {
  expect(amountText(minor, currency)).toBe(text);
});

test('decimals keep every digit of large integers', () => {
  expect(decimalText(123456789012345678901n, 12)).toBe('123456789.012345678901');
  expect(decimalText(-7n, 3)).toBe('-0.007');
});

test('shares add up exactly, and each is within rounding of its fraction', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      weights.filter((some) => some.some((weight) => weight > 0)),
      fc.integer({ min: 0, max: 1e13 }),
      (some, total) => {
        const sum = some.reduce((all, weight) => all + weight, 0);
        const fractions = some.map((weight) => (total * weight) / sum);
        const shares = exactShares(fractions, total, 10);
        expect(shares.reduce((all, share) => all + share, 0n)).toBe(BigInt(total) * 10n ** 10n);
        shares.forEach((share, at) => {
          expect(Math.abs(Number(share) / 1e10 - Number(fractions[at]))).toBeLessThanOrEqual(
            1e-9 * total + 1e-9,
          );
        });
      },
    ),
  );
});

test('shares of another total are refused', () => {
  expect(() => exactShares([1, 1], 3, 10)).toThrow(RangeError);
  expect(exactShares([], 0, 10)).toEqual([]);
});
