/** Reading JSON that somebody else wrote: nothing about its shape is believed. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a key, or an empty one. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  return isObject(value) ? value : nothing;
}

/** A string that is not empty, or a finite number as a string (ids and names come as both); null for
 *  everything else. Well formed, so that its UTF-8 bytes are the same wherever they are written. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : wellFormed(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return null;
}

/** The first of several keys that holds a text. */
export function textAt(parent: JsonObject, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = textOf(parent[key]);
    if (found !== null) return found;
  }
  return null;
}

/** Lone surrogates, which JSON can escape but UTF-8 cannot hold, become U+FFFD. */
export function wellFormed(text: string): string {
  return surrogate.test(text) ? text.replace(loneSurrogate, '\ufffd') : text;
}

/** What a value is, for a message to the person who sent it. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Whether a text has more UTF-8 bytes than a bound, without encoding the short ones. */
export function longerThan(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  if (text.length * 3 <= maxBytes) return false;
  return utf8Bytes(text) > maxBytes;
}

const nothing: JsonObject = Object.freeze({});
const surrogate = /[\ud800-\udfff]/;
/** In unicode mode a pair is one code point, so this finds halves only. */
const loneSurrogate = /\p{Surrogate}/gu;

function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // A pair of surrogates is four bytes: two for each half.
    if (unit > 0x7f) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
