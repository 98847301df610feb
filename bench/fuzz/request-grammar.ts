import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Draw } from '../../deploy/traffic/draw';
import { type Expected, expectedOf } from './expected-answer';
import { hostileJson } from './json-grammar';
import { aMessage } from './message-grammar';
import { mutated } from './mutated';

export interface FuzzRequest {
  readonly bytes: Buffer;
  readonly expected: Expected;
  /** Cut in pieces that arrive one by one. */
  readonly cuts: readonly number[];
}

export interface RequestOptions {
  readonly writeKey: string;
  /** Bodies are bounded, so that two million of them take minutes and not days. */
  readonly mostEvents: number;
}

/** A request to the collector, from sound to no HTTP at all, and what it must get. */
export function aRequest(draw: Draw, options: RequestOptions): FuzzRequest {
  if (draw.chance(0.02)) return broken(draw, options);
  const path = draw.chance(0.97) ? draw.pick(paths) : draw.pick(oddPaths);
  const method = draw.chance(0.985)
    ? 'POST'
    : draw.pick(['GET', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']);
  const text = bodyText(draw, path, options);
  const { body, encoding, inflates } = encoded(draw, text);
  const authorization = authorizationOf(draw, options);
  const expected = expectedOf({
    ...{ method, path, authorization, writeKey: options.writeKey },
    sentBytes: body.length,
    text: inflates ? text : null,
  });
  const headers = [
    'Host: fuzz',
    ...(authorization === null ? [] : [`Authorization: ${authorization}`]),
    ...(encoding === null ? [] : [`Content-Encoding: ${encoding}`]),
    ...(draw.chance(0.8) ? [`Content-Type: ${draw.pick(contentTypes)}`] : []),
    ...(draw.chance(0.1) ? [`X-${draw.whole(0, 99)}: ${'v'.repeat(draw.whole(0, 2000))}`] : []),
    ...(draw.chance(0.1) ? ['Origin: https://shop.example', 'User-Agent: Mozilla/5.0'] : []),
  ];
  const bytes = framed(draw, `${method} ${path} HTTP/1.1`, headers, body);
  return { bytes, expected, cuts: cutsOf(draw, bytes.length) };
}

const paths = [
  ...['/v1/track', '/v1/t', '/v1/page', '/v1/screen', '/v1/identify', '/v1/group', '/v1/alias'],
  ...[
    '/v1/batch',
    '/v1/batch',
    '/v1/batch',
    '/v1/b',
    '/v1/import',
    '/v1/s',
    '/v1/p',
    '/v1/i',
    '/v1/a',
  ],
];
const oddPaths = [
  '/',
  '/v1/../batch',
  '/v1/%00',
  '/v1/batch/x',
  '/V1/TRACK',
  '/v2/track',
  '/v1',
  '/x?a=b',
];
const contentTypes = [
  ...[
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ],
  ...[
    '',
    'json',
    'application/json; charset=utf-32',
    ';',
    'image/png',
    'application/json, text/html',
  ],
];

function bodyText(draw: Draw, path: string, { mostEvents }: RequestOptions): Buffer {
  if (draw.chance(0.01)) return Buffer.alloc(0);
  if (draw.chance(0.02)) return Buffer.from(hostileJson(draw));
  if (draw.chance(0.0005)) return Buffer.alloc(draw.pick([511_999, 512_000, 512_001]), '{"a":1} ');
  const isBatch = /batch|\/b$|import/.test(path);
  const json = isBatch ? aBatch(draw, mostEvents) : aMessage(draw);
  const bytes = Buffer.from(draw.chance(0.01) ? `\ufeff${json}` : json);
  return draw.chance(0.05) ? mutated(draw, bytes) : bytes;
}

function aBatch(draw: Draw, mostEvents: number): string {
  const count = draw.chance(0.01) ? draw.whole(100, mostEvents) : draw.whole(0, 6);
  const messages = Array.from({ length: count }, () => aMessage(draw));
  // SDKs send a message again; now and then within one request.
  if (count > 0 && draw.chance(0.05)) messages.push(draw.pick(messages));
  const batch = draw.chance(0.98) ? `[${messages.join()}]` : hostileJson(draw);
  const sentAt = draw.chance(0.5) ? `,"sentAt":${hostileJson(draw, 1)}` : '';
  return `{"batch":${batch}${sentAt}}`;
}

interface Encoded {
  readonly body: Buffer;
  readonly encoding: string | null;
  /** It comes out as it went in. */
  readonly inflates: boolean;
}

function encoded(draw: Draw, text: Buffer): Encoded {
  const plain = (encoding: string | null): Encoded => ({ body: text, encoding, inflates: true });
  if (text.length === 0 || draw.chance(0.93)) return plain(null);
  const packed = (body: Buffer, encoding: string | null): Encoded => ({
    body,
    encoding,
    inflates: true,
  });
  const never = (body: Buffer, encoding: string): Encoded => ({ body, encoding, inflates: false });
  if (draw.chance(0.02)) return never(bomb, 'gzip');
  switch (draw.whole(0, 6)) {
    case 0:
      return packed(gzipSync(text), 'gzip');
    case 1:
      return packed(gzipSync(text), null);
    case 2:
      return packed(deflateSync(text), 'deflate');
    case 3:
      return packed(deflateRawSync(text), 'deflate');
    case 4:
      return never(gzipSync(gzipSync(text)), 'gzip');
    case 5:
      return never(gzipSync(text).subarray(0, -6), 'gzip');
    default:
      return never(brotliCompressSync(text, quickly), 'br');
  }
}

/** The best of it takes a quarter of a second for a large text. */
const quickly = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));

function authorizationOf(draw: Draw, { writeKey }: RequestOptions): string | null {
  const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
  if (draw.chance(0.94)) return basic(writeKey);
  const odd = [
    null,
    basic('nobody'),
    'Basic',
    'Basic !!!',
    'Bearer x',
    basic('k'.repeat(5000)),
    basic('\u0000'),
  ];
  return draw.pick(odd);
}

function framed(draw: Draw, line: string, headers: readonly string[], body: Buffer): Buffer {
  const head = (more: string) =>
    Buffer.from(`${[line, ...headers, more].join('\r\n')}\r\n\r\n`, 'latin1');
  if (draw.chance(0.9)) return Buffer.concat([head(`Content-Length: ${body.length}`), body]);
  const chunks: Buffer[] = [head('Transfer-Encoding: chunked')];
  for (let at = 0; at < body.length; ) {
    const size = draw.whole(1, 700);
    const piece = body.subarray(at, at + size);
    chunks.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
    at += size;
  }
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
}

/** A head that is no HTTP, or a framing that contradicts itself: no answer may say that it succeeded. */
function broken(draw: Draw, options: RequestOptions): FuzzRequest {
  const body = aMessage(draw);
  const key = `Authorization: ${authorizationOf(draw, options)}`;
  const post = (...headers: string[]) =>
    `POST /v1/track HTTP/1.1\r\n${['Host: fuzz', key, ...headers].join('\r\n')}\r\n\r\n${body}`;
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  const heads = [
    post(length, 'Transfer-Encoding: chunked'),
    post('Content-Length: -1'),
    post('Content-Length: 1e3'),
    post(length, 'Content-Length: 3'),
    post('Transfer-Encoding: chunked').replace(body, `zz\r\n${body}`),
    post(length, 'x: a\u0000b'),
    post(length, `x: ${'y'.repeat(20_000)}`),
    post(length).replace('Host: fuzz\r\n', ''),
    post(length).replace('HTTP/1.1', 'HTTP/7.1'),
    post(length).replace('POST', 'P\u0000ST'),
    // Empty lines alone are no request yet, and get no answer.
    `no ${mutated(draw, Buffer.alloc(200, 'no HTTP ')).toString('latin1')}\r\n\r\n`,
  ];
  return { bytes: Buffer.from(draw.pick(heads), 'latin1'), expected: { kind: 'broken' }, cuts: [] };
}

function cutsOf(draw: Draw, length: number): readonly number[] {
  if (draw.chance(0.97)) return [];
  return [draw.whole(0, length), draw.whole(0, length)].sort((one, other) => one - other);
}
