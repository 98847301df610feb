import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { readBody } from '../../../services/collector/body';
import { createTurns } from '../../../services/collector/turns';

const json = Buffer.from('{"a":"ü"}');
const value = { a: 'ü' };
const limit = 1000;
const bounds = { maxBytes: limit, turns: createTurns() };

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
  expect(await readBody(body, encoding, bounds)).toMatchObject({ ok: true, value });
});

test('raw deflate that begins as JSON does is read', async () => {
  const body = Buffer.from('7bbf7b7fb5525262497286925574ac8e52716a5e8963899255756d2d00', 'hex');
  expect(body.toString('latin1')[0]).toBe('{');
  expect(await readBody(body, 'deflate', bounds)).toMatchObject({ ok: true });
});

test('the size is that of the inflated body', async () => {
  expect(await readBody(gzipSync(json), 'gzip', bounds)).toMatchObject({ bytes: json.length });
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
  ['gzip in gzip', gzipSync(gzipSync(json)), 'gzip', 'malformed_encoding'],
  ['gzip in zlib', deflateSync(gzipSync(json)), 'deflate', 'malformed_encoding'],
  ['brotli', brotliCompressSync(json), 'br', 'malformed_encoding'],
  ['zstd', Buffer.from('28b52ffd0408', 'hex'), 'zstd', 'malformed_encoding'],
  ['two encodings', Buffer.from('x'), 'gzip, gzip', 'malformed_encoding'],
  [
    'UTF-16, low byte first',
    Buffer.from('\ufeff{"a":1}', 'utf16le'),
    undefined,
    'malformed_encoding',
  ],
  ['UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le').swap16(), undefined, 'malformed_encoding'],
  ['UTF-16 without a mark', Buffer.from('{"a":1}', 'utf16le'), undefined, 'malformed_encoding'],
  ['a bomb', gzipSync(Buffer.alloc(5_000_000)), 'gzip', 'too_large'],
  ['one byte too much', gzipSync(Buffer.alloc(limit + 1, ' ')), 'gzip', 'too_large'],
])('%s is refused', async (_name, body, encoding, error) => {
  expect(await readBody(body, encoding, bounds)).toMatchObject({ ok: false, fault: { error } });
});

test.each([
  ['gzip in gzip', gzipSync(gzipSync(json)), 'gzip', 'compressed twice'],
  ['brotli', brotliCompressSync(json), 'br', 'send gzip, deflate or none'],
  ['UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le'), undefined, 'send UTF-8'],
])('%s: the answer says what to send instead', async (_name, body, encoding, advice) => {
  const message = expect.stringContaining(advice);
  expect(await readBody(body, encoding, bounds)).toMatchObject({ fault: { message } });
});

test('what is quoted of a body is short and of one line', async () => {
  const body = Buffer.from(`{"a":\u0001\n${'x'.repeat(900)}`);
  const answer = await readBody(body, undefined, bounds);
  const message = answer.ok ? '' : answer.fault.message;
  expect(message.length).toBeLessThan(250);
  expect(message).not.toMatch(/\p{Cc}/u);
});

test('bytes that are no UTF-8 become U+FFFD', async () => {
  const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xff, 0xc0), Buffer.from('"}')]);
  expect(await readBody(body, undefined, bounds)).toMatchObject({ value: { a: '\ufffd\ufffd' } });
});
