import type { Registry } from './registry';

export type DecodeFault = 'empty_value' | 'not_avro' | 'unknown_schema' | 'undecodable';
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: DecodeFault; readonly message: string };

/** Avro values in Confluent framing: a zero byte, the schema id (4 bytes, big endian), the body. */
export interface Codec<T> {
  /** Looks up the id that `encode` writes. Call once at start; TransientError when the registry
   *  cannot be asked, FatalError when the schema is not registered. */
  ready(): Promise<void>;
  /** Makes the writer schema of every value known, or known to be unknown. TransientError when the
   *  registry cannot be asked. Costs nothing where every id is known. */
  prepare(values: Iterable<Buffer | null>): Promise<void>;
  /** Never throws. Strings and bytes are copies: the fetch buffer is not pinned. */
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
}

export function createCodec<T>(options: CodecOptions): Codec<T> {
  throw new Error(`being written ${options.subject}`);
}
