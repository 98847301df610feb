import { promisify } from 'node:util';
import { gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { messageOf } from '../shared/runtime/errors';
import { type Refused, refuse } from './request-fault';
import type { Turns } from './turns';

export type ReadBody =
  | { readonly ok: true; readonly value: unknown; readonly bytes: number }
  | Refused;

export interface BodyBounds {
  /** Most bytes, inflated. */
  readonly maxBytes: number;
  /** Parsing is a piece of work, and so is what the caller does with the value at once. */
  readonly turns: Turns;
}

/** The JSON of a request body and its inflated size in bytes. SDKs name all sorts of content types,
 *  so the bytes decide: gzip and zlib by how they begin, as no JSON does, raw deflate by the header.
 *  Inflated once. */
export async function readBody(
  body: Buffer | undefined,
  encoding: string | undefined,
  { maxBytes, turns }: BodyBounds,
): Promise<ReadBody> {
  if (body === undefined || body.length === 0)
    return refuse('empty_body', 'there is no body: send one JSON object');
  const unpack = unpackerOf(body, encoding);
  if (unpack !== null) return inflated(body, unpack, { maxBytes, turns });
  await turns.mine();
  const plain = parse(body, encoding);
  if (plain.ok || !isDeflate(encoding)) return plain;
  // Raw deflate carries no mark, and may begin as JSON does.
  const again = await inflated(body, unpackDeflate, { maxBytes, turns });
  return again.ok ? again : plain;
}

async function inflated(
  body: Buffer,
  unpack: Unpack,
  { maxBytes, turns }: BodyBounds,
): Promise<ReadBody> {
  try {
    const plain = await unpack(body, { maxOutputLength: maxBytes });
    await turns.mine();
    return parse(plain, 'identity');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const message = `the body inflates to more than ${maxBytes} bytes: send fewer events at once`;
      return refuse('too_large', message);
    }
    return refuse('malformed_encoding', `the body does not inflate: ${messageOf(error)}`);
  }
}

type Unpack = (body: Buffer, options: ZlibOptions) => Promise<Buffer>;
const unpackGzip: Unpack = promisify<Buffer, ZlibOptions, Buffer>(gunzip);
const unpackZlib: Unpack = promisify<Buffer, ZlibOptions, Buffer>(inflate);
const unpackDeflate: Unpack = promisify<Buffer, ZlibOptions, Buffer>(inflateRaw);

function unpackerOf(body: Buffer, encoding: string | undefined): Unpack | null {
  const [first = 0, second = 0] = body;
  if (first === 0x1f && second === 0x8b) return unpackGzip;
  // RFC 1950: method 8 in the low half of the first byte, and the two bytes divisible by 31.
  if ((first & 0x0f) === 8 && (first * 256 + second) % 31 === 0) return unpackZlib;
  const startsAsJson = /[\s[{"\xef]/.test(String.fromCharCode(first));
  return isDeflate(encoding) && !startsAsJson ? unpackDeflate : null;
}

function isDeflate(encoding: string | undefined): boolean {
  return encoding?.trim().toLowerCase() === 'deflate';
}

const byteOrderMark = 0xfeff;

function parse(body: Buffer, encoding: string | undefined): ReadBody {
  const text = body.toString('utf8');
  try {
    const value: unknown = JSON.parse(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text);
    return { ok: true, value, bytes: body.length };
  } catch (error) {
    return strangeEncoding(body, encoding) ?? refuse('malformed_json', notJson(error));
  }
}

/** V8 quotes a piece of the text, which may hold anything: cut, and without control characters. */
function notJson(error: unknown): string {
  const why = messageOf(error).replace(/\p{Cc}/gu, ' ');
  return `the body is no JSON: ${why.slice(0, 200)}`;
}

/** Bytes that are no JSON because they are something else that can be named. */
function strangeEncoding(body: Buffer, encoding: string | undefined): Refused | null {
  const [first = 0, second = 0] = body;
  const hasMark = (first ^ second) === 0x01 && Math.max(first, second) === 0xff;
  // JSON begins with an ASCII character: one of the first two bytes is its zero, whatever the order.
  const isUtf16 = hasMark || (body.length > 1 && (first === 0) !== (second === 0));
  if (isUtf16) return refuse('malformed_encoding', 'the body is UTF-16; send UTF-8');
  if (encoding === 'identity' && unpackerOf(body, undefined) !== null) {
    return refuse('malformed_encoding', 'the body is compressed twice; once is enough');
  }
  const named = encoding?.trim().toLowerCase() ?? '';
  if (/^(|identity|gzip|x-gzip|deflate)$/.test(named)) return null;
  const message = 'this content-encoding is not read here; send gzip, deflate or none';
  return refuse('malformed_encoding', message);
}
