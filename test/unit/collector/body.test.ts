import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { readBody } from '../../../services/collector/body';

const json = Buffer.from('{"a":"ü"}');
const value = { a: 'ü' };
const limit = 1000;

test.each([
  ['plain', json, undefined],
  ['plain with white space', Buffer.from(' \r\n{"a":"ü"} '), undefined],
  ['plain with a byte order mark', Buffer.from('\ufeff{"a":"ü"}'), undefined],
  ['plain that says gzip', json, 'gzip'],
  ['plain that says deflate', json, 'deflate'],
  ['plain that says identity', json, 'identity'],
  ['gzip', gzipSync(json), 'gzip'],
  ['gzip that says nothing', gzipSync(json), undefined],
  ['gzip that says deflate', gzipSync(json), 'deflate'],
  ['zlib', deflateSync(json), 'deflate'],
  ['zlib that says nothing', deflateSync(json), undefined],
  ['raw deflate', deflateRawSync(json), 'Deflate'],
])('%s is read', async (_name, body, encoding) => {
  expect(await readBody(body, encoding, limit)).toMatchObject({ ok: true, value });
});

test('the size is that of the inflated body', async () => {
  expect(await readBody(gzipSync(json), 'gzip', limit)).toMatchObject({ bytes: json.length });
});

test.each([
  ['nothing', undefined, undefined, 'empty_body'],
  ['no bytes', Buffer.alloc(0), undefined, 'empty_body'],
  ['text', Buffer.from('data=abc'), undefined, 'malformed_json'],
  ['half a JSON', Buffer.from('{"a":'), undefined, 'malformed_json'],
  ['two JSONs', Buffer.from('{}{}'), undefined, 'malformed_json'],
  ['a cut gzip', gzipSync(json).subarray(0, 12), 'gzip', 'malformed_encoding'],
  [
    'a broken gzip',
    Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), json]),
    'gzip',
    'malformed_encoding',
  ],
  ['gzip in gzip', gzipSync(gzipSync(json)), 'gzip', 'malformed_json'],
  ['brotli', brotliCompressSync(json), 'br', 'malformed_json'],
  ['a bomb', gzipSync(Buffer.alloc(5_000_000)), 'gzip', 'too_large'],
  ['one byte too much', gzipSync(Buffer.alloc(limit + 1, ' ')), 'gzip', 'too_large'],
])('%s is refused', async (_name, body, encoding, error) => {
  expect(await readBody(body, encoding, limit)).toMatchObject({ ok: false, fault: { error } });
});
