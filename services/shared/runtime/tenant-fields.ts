import { isIP } from 'node:net';
import { currencyOf } from '../domain/currencies';

/** Reads the fields of one mapping, writing every fault down with its path instead of stopping. A
 *  faulty field reads as an empty one. */
export interface Fields {
  readonly path: string;
  /** A text that must be there and pass `isRight`; `rule` says what right is. */
  text(name: string, isRight: (value: string) => boolean, rule: string): string;
  /** A list of such texts, empty where the field is absent. */
  texts(name: string, isRight: (value: string) => boolean, rule: string): readonly string[];
  flag(name: string, fallback?: boolean): boolean;
  /** A number from 0 on; 0 where the field is absent. */
  number(name: string, isRight: (value: number) => boolean, rule: string): number;
  /** A list of mappings. */
  entries(name: string): readonly Fields[];
  /** A mapping; null where the field is absent. */
  inner(name: string): Fields | null;
  fault(name: string, message: string): void;
  /** Faults every field that was not asked for: a misspelt one would silently do nothing. */
  nothingElse(): void;
}

export function createFields(value: unknown, path: string, faults: string[]): Fields {
  const mapping = isMapping(value) ? value : {};
  if (!isMapping(value)) faults.push(`${path || 'the file'} must be a mapping of fields`);
  const asked = new Set<string>();
  const pathOf = (name: string) => (path === '' ? name : `${path}.${name}`);
  const fault = (name: string, message: string) => void faults.push(`${pathOf(name)} ${message}`);
  const get = (name: string): unknown => {
    asked.add(name);
    return mapping[name] ?? undefined;
  };
  const list = (name: string): readonly unknown[] => {
    const found = get(name) ?? [];
    if (Array.isArray(found)) return found;
    fault(name, 'must be a list');
    return [];
  };
  return {
    path,
    fault,
    text(name, isRight, rule) {
      const found = get(name);
      if (typeof found === 'string' && isRight(found)) return found;
      fault(name, found === undefined ? `is missing: ${rule}` : `${rule}, and is ${shown(found)}`);
      return '';
    },
    texts: (name, isRight, rule) =>
      list(name).filter((found, at): found is string => {
        if (typeof found === 'string' && isRight(found)) return true;
        fault(`${name}[${at}]`, `${rule}, and is ${shown(found)}`);
        return false;
      }),
    number(name, isRight, rule) {
      const found = get(name) ?? 0;
      if (typeof found === 'number' && found >= 0 && isRight(found)) return found;
      fault(name, `${rule}, and is ${shown(found)}`);
      return 0;
    },
    flag(name, fallback = false) {
      const found = get(name) ?? fallback;
      if (typeof found !== 'boolean') fault(name, `must be true or false, and is ${shown(found)}`);
      return found === true;
    },
    entries: (name) =>
      list(name).map((entry, at) => createFields(entry, `${pathOf(name)}[${at}]`, faults)),
    inner(name) {
      const found = get(name);
      return found === undefined ? null : createFields(found, pathOf(name), faults);
    },
    nothingElse() {
      for (const name of Object.keys(mapping)) if (!asked.has(name)) fault(name, 'is not a field');
    },
  };
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** One that amounts can be read in: Intl knows more, some of them without decimal places. */
export function isCurrency(code: string): boolean {
  return currencyOf(code) === code;
}

/** An IPv4 or IPv6 address, or a range of them in CIDR notation. */
export function isAddressRange(range: string): boolean {
  const [address = '', prefix, ...rest] = range.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}
