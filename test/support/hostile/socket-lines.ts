import { aView, basic, group, keys, type Line, rawRequest } from './lines';

/** What is wrong below the content: lengths, heads, methods, paths. */
export function socketLines(): readonly Line[] {
  return [...lengths(), ...heads(), ...pathsAndMethods(), ...headMethod()];
}

const view = JSON.stringify(aView());
const sound = ['Host: h', basic(keys.demo)];
const length = `Content-Length: ${view.length}`;
const sent = (headers: readonly string[], body = view, path = '/v1/track') =>
  rawRequest(`POST ${path} HTTP/1.1`, headers, body);
const neighbourly = sent([...sound, length]).toString('latin1');

function lengths(): readonly Line[] {
  const chunked = 'Transfer-Encoding: chunked';
  const chunk = `${view.length.toString(16)}\r\n${view}\r\n0\r\n\r\n`;
  return group('lengths', [
    ['chunked', sent([...sound, chunked], chunk), '200 counted/clean'],
    [
      'wrong content-length: too short',
      sent([...sound, `Content-Length: ${view.length - 9}`]),
      '400 malformed_json 400 malformed_request closed',
    ],
    [
      'wrong content-length: too long',
      sent([...sound, `Content-Length: ${view.length + 9}`]),
      '408 request_timeout closed',
    ],
    [
      'wrong content-length: no number',
      sent([...sound, 'Content-Length: many']),
      '400 malformed_request closed',
    ],
    [
      'wrong content-length: below zero',
      sent([...sound, 'Content-Length: -5']),
      '400 malformed_request closed',
    ],
    [
      'wrong content-length: beyond 2^64',
      sent([...sound, 'Content-Length: 99999999999999999999']),
      '400 malformed_request closed',
    ],
    [
      'wrong content-length: two of them',
      sent([...sound, length, 'Content-Length: 5']),
      '400 malformed_request closed',
    ],
    [
      'content-length of a terabyte',
      sent([...sound, 'Content-Length: 1099511627776']),
      '408 request_timeout closed',
    ],
    [
      'chunked plus length',
      sent([...sound, chunked, length], chunk),
      '400 malformed_request closed',
    ],
    ['chunks that are none', sent([...sound, chunked], 'zz\r\n'), '400 malformed_request closed'],
    [
      'a chunk with a length of 2^64',
      sent([...sound, chunked], 'ffffffffffffffffff\r\nx'),
      '400 malformed_request closed',
    ],
    [
      'another transfer encoding',
      sent([...sound, 'Transfer-Encoding: gzip'], view),
      '400 malformed_request closed',
    ],
    ['no length at all', sent(sound, ''), '400 empty_body'],
  ]);
}

function heads(): readonly Line[] {
  const numbered = (count: number, value: string) =>
    Array.from({ length: count }, (_, nth) => `h${nth}: ${value}`);
  return group('heads', [
    ['1,000 headers', sent([...sound, ...numbered(1000, 'x'), length]), '200 counted/clean'],
    [
      '1,000 headers of 100 bytes',
      sent([...sound, ...numbered(1000, 'x'.repeat(100)), length]),
      '400 headers_too_large closed',
    ],
    [
      'a write key of 100 KB',
      sent(['Host: h', `Authorization: Basic ${'k'.repeat(100_000)}`, length]),
      '400 headers_too_large closed',
    ],
    [
      'two auth headers: the first one counts',
      sent([...sound, basic(keys.other), length]),
      '200 counted/clean',
    ],
    ['no host', sent([basic(keys.demo), length]), '400 malformed_request'],
    ['a NUL in a header', sent([...sound, 'x: a\0b', length]), '400 malformed_request closed'],
    [
      'a header over two lines',
      sent([...sound, 'x: a', ' b', length]),
      '400 malformed_request closed',
    ],
    ['no HTTP', 'hello\r\n\r\n', '400 malformed_request closed'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400 malformed_request closed'],
    ['a TLS hello', Buffer.from('16030100f1010000ed0303', 'hex'), '400 malformed_request closed'],
    ['HTTP/9.9', neighbourly.replace('HTTP/1.1', 'HTTP/9.9'), '400 malformed_request closed'],
    [
      'an upgrade',
      sent([...sound, 'Connection: Upgrade', 'Upgrade: h2c', length]),
      '200 counted/clean',
    ],
    ['an expectation', sent([...sound, 'Expect: 100-continue', length]), '200 counted/clean'],
    [
      'a sound request, and behind it no HTTP',
      `${neighbourly}hello\r\n\r\n`,
      '200 400 malformed_request closed counted/clean',
    ],
    ['ten requests at once', neighbourly.repeat(10), '200 x10 counted/clean x10'],
  ]);
}

function pathsAndMethods(): readonly Line[] {
  const to = (path: string) => sent([...sound, length], view, path);
  const by = (method: string, path = '/v1/track') =>
    rawRequest(`${method} ${path} HTTP/1.1`, sound);
  return group('paths and methods', [
    ['//v1/../batch', to('//v1/../batch'), '404 not_found'],
    ['/v1/../v1/track', to('/v1/../v1/track'), '404 not_found'],
    ['%00', to('/v1/track%00'), '404 not_found'],
    ['%00 in a key', by('GET', '/v1/projects/%00/settings'), '404 unknown_write_key'],
    ['% without digits', to('/v1/%zz'), '400 bad_url'],
    ['a path of 10 KB', to(`/v1/${'a'.repeat(10_000)}`), '404 not_found'],
    [
      'a key of 10 KB in the path',
      by('GET', `/v1/projects/${'k'.repeat(10_000)}/settings`),
      '400 max_param_length',
    ],
    ['no path', to('*'), '404 not_found'],
    [
      'another path with a body of 100 KB',
      sent(['Host: h', 'Content-Length: 100000'], 'x'.repeat(100_000), '/x'),
      '404 not_found',
    ],
    ['GET', by('GET'), '404 not_found'],
    ['TRACE', by('TRACE'), '404 not_found'],
    ['DELETE', by('DELETE'), '404 not_found'],
    ['OPTIONS', by('OPTIONS'), '204'],
    [
      'OPTIONS with a body',
      rawRequest('OPTIONS /v1/track HTTP/1.1', [...sound, length], view),
      '204',
    ],
    [
      'GET with a body',
      rawRequest('GET /v1/projects/demo-key/settings HTTP/1.1', [...sound, length], view),
      '200',
    ],
    [
      'PUT with a body',
      rawRequest('PUT /v1/track HTTP/1.1', [...sound, length], view),
      '404 not_found',
    ],
    ['OPTIONS of everything', by('OPTIONS', '*'), '404 not_found'],
    ['a method nobody knows', by('BREW'), '400 malformed_request closed'],
    ['CONNECT', by('CONNECT', 'h:443'), 'closed'],
    ['OPTIONS floods', by('OPTIONS').toString('latin1').repeat(2000), '204 x2000'],
  ]);
}

function headMethod(): readonly Line[] {
  const bytes = rawRequest('HEAD /v1/track HTTP/1.1', sound);
  const line = { group: 'paths and methods', what: 'HEAD', bytes, got: '404' };
  return [{ ...line, withoutBodies: true }];
}
