import { kindOf } from './json';

/** A time stamp as milliseconds UTC; null where none was sent; a fault where what was sent is none. */
export type Instant =
  | { readonly ok: true; readonly at: number | null }
  | { readonly ok: false; readonly fault: string };

/** Reads a client's time stamp: ISO 8601 (date, or date and time with `Z`, an offset or none, which
 *  is UTC) against the calendar, or an epoch number (as a number or in digits) of milliseconds;
 *  numbers below 10^11 are seconds, since as milliseconds they would lie before March 1973 and as
 *  seconds they reach the year 5138. Fractions below a millisecond are cut off. Times outside 1970
 *  to 2299 are faults: no clock shows them, and the store cannot hold them. */
export function parseInstant(value: unknown): Instant {
  if (value === null || value === undefined) return { ok: true, at: null };
  if (typeof value === 'number') return within(epochMs(value), value);
  if (typeof value !== 'string')
    return fault(`${kindOf(value)} is no time: send ISO 8601 or epoch milliseconds`);
  const text = value.trim();
  if (epochDigits.test(text)) return within(epochMs(Number(text)), text);
  const match = text.length <= 40 ? iso.exec(text) : null;
  return within(match === null ? null : isoMs(match), text);
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d)?)?)?$/;
const epochDigits = /^\d{9,13}(\.\d{1,9})?$/;
const secondsBelow = 1e11;
const latest = Date.UTC(2300, 0, 1) - 1;
/** No offset was ever further from UTC than 15:59. */
const maxOffsetHours = 15;

function epochMs(value: number): number {
  return Math.trunc(Math.abs(value) < secondsBelow ? value * 1000 : value);
}

function isoMs(match: RegExpExecArray): number | null {
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = ''] = match;
  const parts = [year, month, day, hour, minute, second].map(Number);
  if (!isOnCalendar(parts)) return null;
  const [y, mo, d, h, mi, s] = parts as [number, number, number, number, number, number];
  const offset = offsetMs(match);
  if (offset === null) return null;
  return Date.UTC(y, mo - 1, d, h, mi, s, Number(fraction.slice(0, 3).padEnd(3, '0'))) - offset;
}

function isOnCalendar(parts: readonly number[]): boolean {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  return hour < 24 && minute < 60 && second < 60;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function offsetMs(match: RegExpExecArray): number | null {
  const [sign, hours = '00', minutes = '00'] = [match[9], match[10], match[11]];
  if (sign === undefined) return 0;
  if (Number(hours) > maxOffsetHours || Number(minutes) > 59) return null;
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -ms : ms;
}

function within(at: number | null, sent: string | number): Instant {
  if (at !== null && at >= 0 && at <= latest) return { ok: true, at };
  return fault(
    `'${String(sent).slice(0, 40)}' is no time between 1970 and 2299: send ISO 8601 or epoch milliseconds`,
  );
}

function fault(message: string): Instant {
  return { ok: false, fault: message };
}
