import { currencyOf, exponentOf } from './currencies';

/** Decimal places of a currency's minor unit; 2 for a code that ISO 4217 does not know. */
export function placesOf(currency: string): number {
  const code = currencyOf(currency);
  return code === null ? 2 : exponentOf(code);
}

/** Minor units as a decimal amount: 1878500 US cents are `18785.00`. */
export function amountText(minor: number, currency: string): string {
  return decimalText(BigInt(minor), placesOf(currency));
}

/** An integer as a decimal with its last `places` digits behind the point. */
export function decimalText(scaled: bigint, places: number): string {
  const sign = scaled < 0n ? '-' : '';
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0');
  if (places === 0) return sign + digits;
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** How far shares may add up to something else, relative to them: rounding of doubles, no more. */
const tolerance = 1e-9;

/**
 * Fractions of an integer total as integers of `places` more decimal digits that add up to it
 * exactly. What rounding leaves over, below a part in a billion, goes to the largest share.
 * RangeError where the fractions are not those of this total.
 */
export function exactShares(
  fractions: readonly number[],
  total: number,
  places: number,
): readonly bigint[] {
  const unit = 10 ** places;
  const shares = fractions.map((fraction) => BigInt(Math.round(fraction * unit)));
  const wanted = BigInt(total) * BigInt(unit);
  const left = wanted - shares.reduce((sum, share) => sum + share, 0n);
  const size = fractions.reduce((sum, fraction) => sum + Math.abs(fraction), 0) * unit;
  if (Math.abs(Number(left)) > tolerance * size + fractions.length) {
    throw new RangeError(`shares of ${total} add up to something else: ${fractions.join(', ')}`);
  }
  const largest = fractions.reduce((at, share, i) => (share > (fractions[at] ?? 0) ? i : at), 0);
  return shares.map((share, at) => (at === largest ? share + left : share));
}
