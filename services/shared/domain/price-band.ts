import { currencyOf, exponentOf } from './currencies';

/** Upper bounds of the bands, in minor units, by the decimal places of the currency; the last band
 *  has none. For two places: 0-10, 10-25, 25-50, 50-100, 100-250 and 250+ units. Currencies without
 *  decimals (yen, won) are about a hundred times smaller, and those with three have the same units. */
const bounds: ReadonlyMap<number, readonly number[]> = new Map([
  [0, [1_000, 2_500, 5_000, 10_000, 25_000]],
  [2, [1_000, 2_500, 5_000, 10_000, 25_000]],
  [3, [10_000, 25_000, 50_000, 100_000, 250_000]],
  [4, [100_000, 250_000, 500_000, 1_000_000, 2_500_000]],
]);
const usualPlaces = 2;

/** The band a unit price lies in, such as `10-25` or `250+`, named in units of its currency; the
 *  lower bound is included. Two decimal places where no currency is known. Null below zero. */
export function priceBand(priceMinor: number, currency: string | null): string | null {
  if (priceMinor < 0) return null;
  const code = currencyOf(currency);
  const places = code === null ? usualPlaces : exponentOf(code);
  const uppers = bounds.get(places) ?? [];
  const unit = 10 ** places;
  const band = uppers.findIndex((upper) => priceMinor < upper);
  const lower = uppers[(band === -1 ? uppers.length : band) - 1] ?? 0;
  const upper = uppers[band];
  return upper === undefined ? `${lower / unit}+` : `${lower / unit}-${upper / unit}`;
}
