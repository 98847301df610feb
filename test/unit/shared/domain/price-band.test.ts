import { priceBand } from '../../../../services/shared/domain/price-band';

test.each([
  [0, 'USD', '0-10'],
  [999, 'USD', '0-10'],
  [1000, 'USD', '10-25'],
  [2499, 'EUR', '10-25'],
  [2500, 'USD', '25-50'],
  [9999, 'USD', '50-100'],
  [24_999, 'USD', '100-250'],
  [25_000, 'USD', '250+'],
  [999, 'JPY', '0-1000'],
  [25_000, 'JPY', '25000+'],
  [10_000, 'KWD', '10-25'],
  [99_999, 'CLF', '0-10'],
  [1999, null, '10-25'],
  [1999, 'nonsense', '10-25'],
])('%i minor units of %s lie in %s', (minor, currency, band) => {
  expect(priceBand(minor, currency)).toBe(band);
});

test('a negative price is in no band', () => {
  expect(priceBand(-1, 'USD')).toBeNull();
});
