import fc from 'fast-check';
import { sumOfDecimals } from '../../../../deploy/summary/money';

test.each([
  [[], '0'],
  [['56161.00'], '56161.00'],
  [['0.10', '0.20'], '0.30'],
  [['1', '0.005'], '1.005'],
  [['-1.50', '1.25'], '-0.25'],
  [['-0.50', '0.20'], '-0.30'],
  [['90071992547409.93', '0.01'], '90071992547409.94'],
])('%j is %s', (amounts, sum) => {
  expect(sumOfDecimals(amounts)).toBe(sum);
});

test('sums of cents are exact', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 })), (cents) => {
      const amounts = cents.map((value) => (value / 100).toFixed(2));
      const total = cents.reduce((sum, value) => sum + value, 0);
      expect(Number(sumOfDecimals(amounts))).toBe(total / 100);
    }),
  );
});
