import { type JsonObject, wellFormed } from './json';

/** Deeper than any SDK nests, and far from what would exhaust the stack. */
export const maxDepth = 64;

export interface Canonical {
  readonly text: string;
  /** Nested deeper than `maxDepth`: the text is cut there and must not be used. */
  readonly tooDeep: boolean;
}

/** JSON with sorted keys, no white space and lone surrogates replaced: equal for equal content,
 *  whatever order and escapes the sender chose. `maxLength` as of `createCanonicalWriter`. */
export function canonicalJson(value: unknown, maxLength?: number): Canonical {
  const writer = createCanonicalWriter(maxLength);
  const text = writer.write(value);
  return { text, tooDeep: writer.tooDeep() };
}

export interface CanonicalWriter {
  write(value: unknown): string;
  /** An object without the keys that `skip` names. */
  writeObject(value: JsonObject, skip: (key: string) => boolean): string;
  tooDeep(): boolean;
}

/** A writer that remembers whether anything it wrote was nested too deep. Once it has written more than
 *  `maxLength` characters it leaves out the rest: texts of that length are of use to nobody, and half a
 *  megabyte of empty objects takes long to write. */
export function createCanonicalWriter(maxLength = Number.POSITIVE_INFINITY): CanonicalWriter {
  const state: State = { tooDeep: false, left: maxLength };
  return {
    write: (value) => written(value, 0, state),
    writeObject: (value, skip) => objectText(value, 0, state, skip),
    tooDeep: () => state.tooDeep,
  };
}

interface State {
  tooDeep: boolean;
  /** Characters that may still be written. */
  left: number;
}

const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const mostByInsertion = 24;
const skipNothing = (): boolean => false;

function written(value: unknown, depth: number, state: State): string {
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) return arrayText(value, depth, state);
    return objectText(value as JsonObject, depth, state, skipNothing);
  }
  const text = scalarText(value);
  state.left -= text.length;
  return text;
}

function scalarText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return 'null';
  }
}

/** A JSON string. Escaping is what costs, so it is left out for the strings that need none, which are nearly all. */
export function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(wellFormed(text));
}

function arrayText(values: readonly unknown[], depth: number, state: State): string {
  if (tooDeep(depth, state)) return 'null';
  let text = '[';
  for (let index = 0; index < values.length && state.left >= 0; index += 1) {
    state.left -= 1;
    if (index > 0) text += ',';
    text += written(values[index], depth + 1, state);
  }
  return `${text}]`;
}

function objectText(
  value: JsonObject,
  depth: number,
  state: State,
  skip: (key: string) => boolean,
): string {
  if (tooDeep(depth, state)) return 'null';
  let text = '{';
  for (const key of sortedKeys(value)) {
    const member = value[key];
    if (state.left < 0) break;
    if (member === undefined || skip(key)) continue;
    if (text.length > 1) text += ',';
    const name = quoted(key);
    state.left -= name.length + 1;
    text += `${name}:${written(member, depth + 1, state)}`;
  }
  return `${text}}`;
}

function tooDeep(depth: number, state: State): boolean {
  if (depth < maxDepth) return false;
  state.tooDeep = true;
  return true;
}

/** The keys of an object in the order of their UTF-16 units. Few keys, often nearly in order: what an
 *  insertion sort is best at. */
export function sortedKeys(value: JsonObject): string[] {
  const keys = Object.keys(value);
  if (keys.length > mostByInsertion) return keys.sort();
  for (let index = 1; index < keys.length; index += 1) {
    const key = keys[index] as string;
    let at = index - 1;
    for (; at >= 0 && (keys[at] as string) > key; at -= 1) keys[at + 1] = keys[at] as string;
    keys[at + 1] = key;
  }
  return keys;
}
