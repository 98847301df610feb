import type { Type } from 'avsc';
import { parseAvro } from './avro';
import { FatalError, messageOf, TransientError } from './errors';
import type { Registry } from './registry';
import { createWriterSchemas, type WriterSchemas } from './writer-schemas';

export type DecodeFault = 'empty_value' | 'not_avro' | 'unknown_schema' | 'undecodable';
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly reason: DecodeFault;
      readonly message: string;
      /** Written in a version of our own schema that this process cannot read: a later one. */
      readonly isOurs?: true;
    };

/** Avro values in Confluent framing: a zero byte, the schema id (4 bytes, big endian), the body. */
export interface Codec<T> {
  /** Looks up the id that `encode` writes. Call once at start; TransientError when the registry
   *  cannot be asked, FatalError when the schema is not registered. */
  ready(): Promise<void>;
  /** Makes the writer schema of every value known, or known to be unknown. TransientError when the
   *  registry cannot be asked, or does not know more ids than a handful. Costs nothing where every id is known. */
  prepare(values: Iterable<Buffer | null>): Promise<void>;
  /** Never throws, whatever the bytes, once they went through `prepare`. Strings and bytes are
   *  copies: the fetch buffer is not pinned. */
  decode(value: Buffer | null): Decoded<T>;
  /** Throws an Error naming the field that does not fit the schema. */
  encode(value: T): Buffer;
}

export interface CodecOptions {
  readonly registry: Registry;
  /** The schema values are read as and written in, as JSON text. */
  readonly schemaText: string;
  /** The subject whose id `encode` writes. */
  readonly subject: string;
  /** Ids within half a minute that the registry may turn out not to know, before `prepare` waits. */
  readonly mostUnknown?: number | undefined;
  /** How long `prepare` waits for the registry before it says: later. As long as it takes by default. */
  readonly patienceMs?: number | undefined;
}

const headerBytes = 5;
/** The largest record there is: kafkajs could not send more, nor a broker by default take it. */
const largestBytes = 64 * 2 ** 20;

export function createCodec<T>(options: CodecOptions): Codec<T> {
  const { registry, schemaText, subject, mostUnknown, patienceMs } = options;
  const type = parseAvro(schemaText);
  const writers = createWriterSchemas({
    ...{ registry, reader: type, mostUnknown, patienceMs },
    assertWhole: assertRegistered,
  });
  let id: number | null = null;

  async function assertRegistered(): Promise<void> {
    if ((await registry.idOf(subject, schemaText)) !== null) return;
    const message = `the registry has no schema of ${subject}: run deploy/setup again`;
    throw new TransientError(message, { server: 'registry' });
  }

  return {
    async ready() {
      id = await registry.idOf(subject, schemaText);
      if (id === null) {
        throw new FatalError(`the registry has no schema of ${subject}: run deploy/setup first`);
      }
      writers.learn(id, schemaText);
    },
    prepare: (values) => writers.prepare(schemaIds(values)),
    decode: (value) => decodeValue(value, type, writers),
    encode(value) {
      if (id === null) throw new Error(`encode() before ready() for ${subject}`);
      return encodeValue(value, type, id);
    },
  };
}

/** The header's schema id; null where the bytes carry none. */
function schemaId(value: Buffer): number | null {
  return value.length >= headerBytes && value[0] === 0 ? value.readUInt32BE(1) : null;
}

function schemaIds(values: Iterable<Buffer | null>): Set<number> {
  const ids = new Set<number>();
  for (const value of values) {
    const id = value === null ? null : schemaId(value);
    if (id !== null) ids.add(id);
  }
  return ids;
}

function decodeValue<T>(value: Buffer | null, type: Type, writers: WriterSchemas): Decoded<T> {
  if (value === null || value.length === 0) return fault('empty_value', 'the record has no value');
  const id = schemaId(value);
  if (id === null) return fault('not_avro', `${value.length} bytes without a schema id in front`);
  const writer = writers.get(id);
  if (writer.state === 'unknown') return fault('unknown_schema', `no schema has the id ${id}`);
  if (writer.state === 'unreadable') {
    const unreadable = fault('undecodable', `schema ${id}: ${writer.why}`);
    return writer.isOurs ? { ...unreadable, isOurs: true } : unreadable;
  }
  try {
    const decoded = type.decode(value, headerBytes, writer.resolver);
    if (decoded.offset === value.length) return { ok: true, value: decoded.value };
    const why = decoded.offset < 0 ? 'is cut short' : `ends at byte ${decoded.offset}`;
    return fault('undecodable', `schema ${id}: a value of ${value.length} bytes ${why}`);
  } catch (error) {
    return fault('undecodable', `schema ${id}: ${messageOf(error)}`);
  }
}

function fault(reason: DecodeFault, message: string) {
  return { ok: false, reason, message } as const;
}

/** One buffer to write into, for all codecs: encoding is synchronous, and the result is copied. */
let scratch = Buffer.allocUnsafe(64 * 1024);

function encodeValue(value: unknown, type: Type, id: number): Buffer {
  scratch[0] = 0;
  scratch.writeUInt32BE(id, 1);
  const end = type.encode(value, scratch, headerBytes);
  if (end > 0) return Buffer.from(scratch.subarray(0, end));
  const needed = scratch.length - end;
  if (needed > largestBytes) throw new Error(`a value of ${needed} bytes is too large to send`);
  scratch = Buffer.allocUnsafe(Math.max(needed, scratch.length * 2));
  return encodeValue(value, type, id);
}
