/** Reads one value of the environment. `parse` throws an Error whose message ends the sentence
 *  "VARIABLE ..."; `show` is how the value may be printed. */
export interface Parser<T> {
  readonly kind: string;
  readonly unit: string;
  parse(text: string): T;
  show(value: T): string;
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

const parser = <T>(kind: string, unit: string, parse: (text: string) => T): Parser<T> => ({
  kind,
  unit,
  parse,
  show: (value) => String(value),
});

export const text: Parser<string> = parser('text', '', (value) => value);
/** As text, but never printed. */
export const secret: Parser<string> = { ...text, kind: 'secret', show: () => '***' };
/** A whole number. */
export const integer: Parser<number> = parser('integer', '', wholeNumber);
/** Any finite number. */
export const number: Parser<number> = parser('number', '', finiteNumber);
export const flag: Parser<boolean> = parser('flag', '', trueOrFalse);
/** Comma separated, spaces around the parts dropped, empty parts dropped. */
export const list: Parser<readonly string[]> = {
  ...parser<readonly string[]>('list', '', (value) => split(value)),
  show: (value) => value.join(','),
};
/** A duration: `200`, `200ms`, `10s`, `5m`, `2h`, `6d`; in milliseconds. */
export const milliseconds: Parser<number> = parser('milliseconds', 'ms', (value) =>
  scaled(value, { '': 1, ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 }),
);
/** A size: `65536`, `64KiB`, `4MiB`, `1GiB`; in bytes. */
export const bytes: Parser<number> = parser('bytes', 'bytes', (value) =>
  scaled(value, { '': 1, B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }),
);
/** An absolute URL; its password is not printed. */
export const url: Parser<string> = { ...parser('url', '', absoluteUrl), show: withoutPassword };

/** As `list`, each part read by another parser. */
export function listOf<T>(inner: Parser<T>): Parser<readonly T[]> {
  return {
    kind: `list of ${inner.kind}`,
    unit: '',
    parse: (value) => Object.freeze(split(value).map((part) => inner.parse(part))),
    show: (values) => values.map((value) => inner.show(value)).join(','),
  };
}

/** The same parser for numbers that must lie between two bounds, both included. */
export function between(inner: Parser<number>, range: Range): Parser<number> {
  const { min = -Infinity, max = Infinity } = range;
  return {
    ...inner,
    parse(value) {
      const parsed = inner.parse(value);
      if (parsed < min) throw new Error(`must be at least ${min}, and is ${parsed}`);
      if (parsed > max) throw new Error(`must be at most ${max}, and is ${parsed}`);
      return parsed;
    },
  };
}

/** One of a closed set of words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Parser<Word> {
  return parser('word', '', (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new Error(`must be one of ${words.join(', ')}`);
    return found;
  });
}

/** A setting that may be left empty: null then. */
export function optional<T>(inner: Parser<T>): Parser<T | null> {
  return {
    kind: inner.kind,
    unit: inner.unit,
    parse: (value) => (value === '' ? null : inner.parse(value)),
    show: (value) => (value === null ? '' : inner.show(value)),
  };
}

function wholeNumber(value: string): number {
  const parsed = finiteNumber(value);
  if (!Number.isSafeInteger(parsed)) throw new Error(`must be a whole number, and is '${value}'`);
  return parsed;
}

function finiteNumber(value: string): number {
  const parsed = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(parsed)) throw new Error(`must be a number, and is '${value}'`);
  return parsed;
}

function trueOrFalse(value: string): boolean {
  if (['true', '1', 'yes', 'on'].includes(value.toLowerCase())) return true;
  if (['false', '0', 'no', 'off'].includes(value.toLowerCase())) return false;
  throw new Error(`must be true or false, and is '${value}'`);
}

function split(value: string): readonly string[] {
  const parts = value.split(',').map((part) => part.trim());
  return Object.freeze(parts.filter((part) => part !== ''));
}

function scaled(value: string, units: Readonly<Record<string, number>>): number {
  const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(value) ?? [];
  const scale = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (digits === '' || scale === undefined) {
    const known = Object.keys(units).filter((name) => name !== '');
    throw new Error(
      `must be a number followed by ${known.join(', ')} or nothing, and is '${value}'`,
    );
  }
  return Math.round(Number(digits) * scale);
}

function absoluteUrl(value: string): string {
  if (!URL.canParse(value)) throw new Error(`must be a URL such as http://127.0.0.1:8081`);
  return value;
}

function withoutPassword(value: string): string {
  const parsed = new URL(value);
  if (parsed.password !== '') parsed.password = '***';
  return parsed.toString();
}
