import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { aView, group, keys, type Line, type Sent } from './lines';

/** Encodings, content types and write keys. */
export function requestLines(): readonly Line[] {
  return [...encodings(), ...contentTypes(), ...writeKeys()];
}

const view = JSON.stringify(aView());
/** A gzip that was changed on its way. */
function wrongChecksum(gzip: Buffer): Buffer {
  gzip[gzip.length - 8] = (gzip[gzip.length - 8] ?? 0) ^ 0xff;
  return gzip;
}

/** Zstandard's magic number in front of something. */
const zstd = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.from(view)]);
const bomb = gzipSync(Buffer.alloc(100_000_000, ' '), { level: 9 });
const encoded = (encoding: string, body: Buffer | string): Sent => ({
  body,
  headers: [`Content-Encoding: ${encoding}`],
});
const typed = (type: string): Sent => ({ body: view, headers: [`Content-Type: ${type}`] });

function encodings(): readonly Line[] {
  return group('encodings', [
    ['gzip bomb', encoded('gzip', bomb), '400 too_large'],
    ['gzip bomb that says nothing', { body: bomb }, '400 too_large'],
    ['gzip in gzip', encoded('gzip', gzipSync(gzipSync(view))), '400 malformed_encoding'],
    [
      'gzip in gzip, and says so',
      encoded('gzip, gzip', gzipSync(gzipSync(view))),
      '400 malformed_encoding',
    ],
    ['truncated gzip', encoded('gzip', gzipSync(view).subarray(0, 30)), '400 malformed_encoding'],
    [
      'gzip with its last bytes missing',
      encoded('gzip', gzipSync(view).subarray(0, -4)),
      '400 malformed_encoding',
    ],
    [
      'gzip whose checksum is wrong',
      encoded('gzip', wrongChecksum(gzipSync(view))),
      '400 malformed_encoding',
    ],
    [
      'two gzips one after the other',
      encoded('gzip', Buffer.concat([gzipSync(view.slice(0, 9)), gzipSync(view.slice(9))])),
      '200 counted/clean',
    ],
    [
      'garbage behind gzip',
      encoded('gzip', Buffer.concat([gzipSync(view), Buffer.from('garbage')])),
      '400 malformed_encoding',
    ],
    ['gzip header on plain', encoded('gzip', view), '200 counted/clean'],
    ['deflate header on plain', encoded('deflate', view), '200 counted/clean'],
    ['raw deflate', encoded('deflate', deflateRawSync(view)), '200 counted/clean'],
    [
      'deflate header on garbage',
      encoded('deflate', Buffer.alloc(100, 7)),
      '400 malformed_encoding',
    ],
    ['br', encoded('br', brotliCompressSync(view)), '400 malformed_encoding'],
    ['zstd', encoded('zstd', zstd), '400 malformed_encoding'],
    ['br header on plain', encoded('br', view), '200 counted/clean'],
    ['an encoding nobody knows', encoded('x'.repeat(5000), view), '200 counted/clean'],
  ]);
}

function contentTypes(): readonly Line[] {
  const form = `--x\r\ncontent-disposition: form-data; name="data"\r\n\r\n${view}\r\n--x--\r\n`;
  return group('content types', [
    ['wrong', typed('image/png'), '200 counted/clean'],
    ['missing', { body: view }, '200 counted/clean'],
    ['empty', typed(''), '200 counted/clean'],
    ['no type at all', typed(';;;=,/'), '200 counted/clean'],
    [
      'multipart',
      { body: form, headers: ['Content-Type: multipart/form-data; boundary=x'] },
      '400 malformed_json',
    ],
    ['multipart that is JSON', typed('multipart/form-data; boundary=x'), '200 counted/clean'],
    [
      'a form',
      {
        body: `data=${encodeURIComponent(view)}`,
        headers: ['Content-Type: application/x-www-form-urlencoded'],
      },
      '400 malformed_json',
    ],
    ['a charset nobody knows', typed('application/json; charset=utf-32'), '200 counted/clean'],
  ]);
}

function writeKeys(): readonly Line[] {
  const tenantB = { writeKey: keys.other, tenant: 'other' };
  const key = (authorization: string): Sent => ({
    body: view,
    headers: [`Authorization: ${authorization}`],
    key: null,
  });
  const inBody = (writeKey: unknown): Sent => ({
    body: JSON.stringify(aView({ writeKey })),
    key: null,
  });
  return group('write keys', [
    ['no', { body: view, key: null }, '400 no_write_key'],
    ['unknown', { body: view, key: 'nobody' }, '400 unknown_write_key'],
    ['revoked', { body: view, key: keys.revoked }, '400 unknown_write_key'],
    ['malformed: no Base64', key('Basic %%%'), '400 no_write_key'],
    ['malformed: another scheme', key(`Bearer ${keys.demo}`), '400 no_write_key'],
    ['malformed: nothing behind Basic', key('Basic '), '400 no_write_key'],
    [
      'malformed: NUL and invalid UTF-8',
      key(`Basic ${Buffer.from([0, 0xff, 0xc3, 0x28]).toString('base64')}`),
      '400 unknown_write_key',
    ],
    ['100 KB, in the body', inBody('k'.repeat(100_000)), '400 unknown_write_key'],
    ['in the body, no text', inBody({ $ne: null }), '400 no_write_key'],
    ['in the body, unknown', inBody('nobody'), '400 unknown_write_key'],
    ['in the body, right', inBody(keys.demo), '200 counted/clean'],
    [
      'with a password',
      key(`Basic ${Buffer.from(`${keys.demo}:secret`).toString('base64')}`),
      '200 counted/clean',
    ],
    [
      'one of several is wrong',
      {
        path: '/v1/batch',
        key: null,
        body: JSON.stringify({
          batch: [aView({ writeKey: keys.demo }), aView({ writeKey: 'nobody' })],
        }),
      },
      '400 unknown_write_key',
    ],
    [
      'items of two tenants',
      {
        path: '/v1/batch',
        key: null,
        body: JSON.stringify({
          batch: [aView({ writeKey: keys.demo }), aView({ writeKey: keys.other })],
        }),
      },
      '200 counted/clean x2',
    ],
    [
      "tenant A's key with tenant B's data: it is tenant A's",
      { body: JSON.stringify(aView({ ...tenantB, properties: { ...tenantB, price: 1 } })) },
      '200 counted/clean',
      { tenant: 'demo', currency: 'USD' },
    ],
  ]);
}
