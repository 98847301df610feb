import { kindOf } from './json';

/** Largest amount that is believed, in minor units: exact in a double, and ninety thousand of it still
 *  add up in a signed 64-bit integer. */
export const maxMinor = 100_000_000_000_000;

/** An amount as integer minor units; null where none was sent; a fault where what was sent is none. */
export type Amount =
  | { readonly ok: true; readonly minor: number | null }
  | { readonly ok: false; readonly fault: string };

/** Minor units of an amount sent as a number or a decimal string in major units. A number stands for
 *  the shortest decimal that reads back as it (44.1 is 44.10, not 44.10000000000000142). Exact;
 *  rounded half away from zero at the currency's exponent. Null and undefined are no amount; what is
 *  neither that nor a finite decimal of at most `maxMinor` is a fault, never a zero. */
export function toMinor(value: unknown, exponent: number): Amount {
  if (value === null || value === undefined) return none;
  if (typeof value === 'number') return numberToMinor(value, exponent);
  if (typeof value === 'string') return decimalToMinor(value.trim(), exponent);
  return { ok: false, fault: `${kindOf(value)} is no amount: send a number or a decimal string` };
}

const none: Amount = { ok: true, minor: null };
const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
/** More characters than any amount has: bounds the work on a hostile string. */
const maxDigits = 400;

function numberToMinor(value: number, exponent: number): Amount {
  if (!Number.isFinite(value)) return { ok: false, fault: `${value} is no finite amount` };
  if (Number.isInteger(value) && Math.abs(value) <= maxMinor) {
    return bounded(value * 10 ** exponent);
  }
  return decimalToMinor(String(value), exponent);
}

function decimalToMinor(text: string, exponent: number): Amount {
  const match = text.length <= maxDigits ? decimal.exec(text) : null;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (match === null || whole.length + fraction.length === 0) {
    return {
      ok: false,
      fault: `'${text.slice(0, 40)}' is no decimal amount: send a number, or digits with a point`,
    };
  }
  const digits = (whole + fraction).replace(/^0+/, '');
  const shift = exponent + Number(power) - fraction.length;
  const magnitude = shift >= 0 ? scaledUp(digits, shift) : roundedOff(digits, -shift);
  return bounded(sign === '-' ? -magnitude : magnitude);
}

function scaledUp(digits: string, zeros: number): number {
  if (digits === '') return 0;
  return digits.length + zeros > 17 ? Infinity : Number(digits + '0'.repeat(zeros));
}

function roundedOff(digits: string, places: number): number {
  const kept = digits.length - places;
  if (kept < 0) return 0;
  const up = (digits[kept] ?? '0') >= '5' ? 1 : 0;
  return Number(digits.slice(0, kept)) + up;
}

function bounded(minor: number): Amount {
  if (Math.abs(minor) <= maxMinor) return { ok: true, minor: minor === 0 ? 0 : minor };
  return { ok: false, fault: `an amount of more than ${maxMinor} minor units is not believed` };
}
