import { Type, types } from 'avsc';

/** Parses a schema to a type whose collections cannot claim more than there is, and whose numbers are
 *  exact or refused. Its records are plain data. Throws where the text is no Avro schema. */
export function parseAvro(schemaText: string): Type {
  return Type.forSchema(JSON.parse(schemaText), { omitRecordMethods: true });
}

/** The part of avsc's reader (5.7) that the bound below takes the place of. */
interface Tap {
  readonly buf: Buffer;
  readLong(): number;
  writeLong(value: number): void;
  readString(): string | undefined;
  skipLong(): void;
}
interface Reader {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

/** avsc allocates what a block's count says and reads zeros past the end of the buffer: five bytes
 *  would become millions of items. Here no collection has more items than the value has bytes.
 *  Set for the whole process, since avsc freezes every type it makes. */
Object.assign(types.ArrayType.prototype, { _read: readArray, _skip: skipWith(readArray) });
Object.assign(types.MapType.prototype, { _read: readMap, _skip: skipWith(readMap) });
Object.assign(types.LongType.prototype, { _read: readLong, _write: writeLong });

/** A long is doubled on the wire, less one where it is below zero: under -2^52 that is no exact double,
 *  and avsc would write, and read, another number without a word. */
const leastLong = -(2 ** 52);

function isExact(value: number): boolean {
  return Number.isSafeInteger(value) && value >= leastLong;
}

function readLong(tap: Tap): number {
  const value = tap.readLong();
  if (isExact(value)) return value;
  throw new Error(`a number near ${value} cannot be read exactly`);
}

function writeLong(tap: Tap, value: unknown): void {
  if (typeof value !== 'number' || !isExact(value)) throw new Error(`invalid "long": ${value}`);
  tap.writeLong(value);
}

function readArray(this: { readonly itemsType: Reader }, tap: Tap): unknown[] {
  const items: unknown[] = [];
  for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
    bound(items.length + count, tap);
    for (let left = count; left > 0; left -= 1) items.push(this.itemsType._read(tap));
  }
  return items;
}

/** A key such as __proto__ is one key among others here. */
function readMap(this: { readonly valuesType: Reader }, tap: Tap): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
    bound(entries.length + count, tap);
    for (let left = count; left > 0; left -= 1) {
      entries.push([tap.readString() ?? '', this.valuesType._read(tap)]);
    }
  }
  return Object.fromEntries(entries);
}

/** A negative count is followed by the block's size in bytes, which is not needed. */
function blockCount(tap: Tap): number {
  const count = tap.readLong();
  if (count >= 0) return count;
  tap.skipLong();
  return -count;
}

function bound(items: number, tap: Tap): void {
  if (items <= tap.buf.length) return;
  throw new Error(`a collection claims ${items} items in ${tap.buf.length} bytes`);
}

/** Fields that the reader does not have are few: reading and dropping them is no slower. */
function skipWith<Self>(read: (this: Self, tap: Tap) => unknown): (this: Self, tap: Tap) => void {
  return function skip(this: Self, tap: Tap) {
    read.call(this, tap);
  };
}
