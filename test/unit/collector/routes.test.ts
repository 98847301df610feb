import { gzipSync } from 'node:zlib';
import type { InjectOptions } from 'fastify';
import { trackingPaths } from '../../../services/collector/routes';
import type { CollectorStage } from '../../../services/collector/stage';
import { eventually } from '../../support/eventually';
import { aServer, auth, batch, closeServers, maxRequestBytes, track } from './a-server';

afterEach(closeServers);

describe('every path', () => {
  test.each(Object.entries(trackingPaths))('%s', async (path, { call, lane }) => {
    const { post, collected } = await aServer();
    const answer = await post(path, call === null ? batch : track);
    expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
    expect(collected).toEqual([
      {
        messages: call === null ? batch.batch : [track],
        sentAt: call === null ? batch.sentAt : undefined,
        origin: { call, lane, browser: null },
      },
    ]);
  });

  test('there are the long and the short ones', () => {
    const long = ['track', 'page', 'screen', 'identify', 'alias', 'group', 'batch', 'import'];
    const short = ['t', 'p', 's', 'i', 'a', 'g', 'b'];
    const wanted = [...long, ...short].map((path) => `/v1/${path}`);
    expect(Object.keys(trackingPaths).sort()).toEqual(wanted.sort());
  });
});

describe('what SDKs send', () => {
  const json = JSON.stringify(batch);
  test.each([
    ['JSON', json, { 'content-type': 'application/json' }],
    ['JSON with a charset', json, { 'content-type': 'application/json; charset=utf-8' }],
    ['text', json, { 'content-type': 'text/plain;charset=UTF-8' }],
    ['a form that is none', json, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a type that is none', json, { 'content-type': 'json' }],
    ['an empty type', json, { 'content-type': '' }],
    ['no type', json, {}],
    ['gzip', gzipSync(json), { 'content-encoding': 'gzip', 'content-type': 'text/plain' }],
    ['gzip as a form', gzipSync(json), { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('%s', async (_name, payload, headers) => {
    const { post, collected } = await aServer();
    const answer = await post('/v1/batch', payload, { ...auth, ...headers });
    expect(answer.statusCode).toBe(200);
    expect(collected[0]?.messages).toEqual(batch.batch);
  });

  test.each([
    ['the header', auth, batch],
    ['the body', {}, { ...batch, writeKey: 'demo-key' }],
    ['the item', {}, { batch: [{ ...track, type: 'track', writeKey: 'demo-key' }] }],
  ])('the write key in %s', async (_name, headers, body) => {
    const { post } = await aServer();
    expect((await post('/v1/batch', body, headers)).statusCode).toBe(200);
  });
});

test('an answer names the items that were refused, and only where there are some', async () => {
  const item = { index: 1, messageId: 'm', reason: 'no_user', message: 'nobody' };
  const one = await aServer({ answer: async () => ({ accepted: 3, refused: [item] }) });
  expect((await one.post('/v1/b', batch)).json()).toEqual({ success: true, refused: [item] });
  const refused = Array.from({ length: 2500 }, () => item);
  const many = await aServer({ answer: async () => ({ accepted: 2500, refused }) });
  expect((await many.post('/v1/b', batch)).json().refused).toHaveLength(100);
});

test.each(['/v1/batch/', '//v1/batch', '/v1//batch?x=1'])('%s is /v1/batch', async (path) => {
  const { post } = await aServer();
  expect((await post(path, batch)).statusCode).toBe(200);
});

test.each([
  ['GET', '/v1/track'],
  ['PUT', '/v1/track'],
  ['POST', '/v1/unknown'],
  ['POST', '//v1/../batch'],
  ['POST', '/v1/track%00'],
  ['POST', '/V1/TRACK'],
])('%s %s is not there', async (method, url) => {
  const { server, collected } = await aServer();
  const answer = await server.inject({ method: method as 'GET', url, headers: auth });
  expect([answer.statusCode, collected]).toEqual([404, []]);
});

describe('what will never do is 400, so that it is not sent again', () => {
  const padded = JSON.stringify({ ...track, pad: 'x'.repeat(maxRequestBytes) });
  test.each<[string, string, unknown, object, string, string | null]>([
    ['no body', '/v1/track', undefined, auth, 'empty_body', null],
    ['no JSON', '/v1/track', '{"event":', auth, 'malformed_json', null],
    ['an array', '/v1/track', '[]', auth, 'not_an_object', null],
    ['no batch', '/v1/batch', '{}', auth, 'no_batch', 'batch'],
    ['too many', '/v1/b', { batch: [1, 2, 3, 4] }, auth, 'too_many_events', 'batch'],
    ['no key', '/v1/track', track, {}, 'no_write_key', 'writeKey'],
    ['a strange key', '/v1/track', { ...track, writeKey: 'x' }, {}, 'unknown_write_key', null],
    ['too large', '/v1/track', padded, auth, 'too_large', null],
    ['too large inflated', '/v1/track', gzipSync(padded), auth, 'too_large', null],
    ['no gzip', '/v1/track', Buffer.from([0x1f, 0x8b, 0, 0]), auth, 'malformed_encoding', null],
  ])('%s', async (_name, path, payload, headers, error, field) => {
    const { post, collected, held } = await aServer();
    const answer = await post(path, payload as InjectOptions['payload'], headers);
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      { error, message: expect.any(String), field },
    ]);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(collected).toEqual([]);
    await eventually(() => held() === 0, { deadlineMs: 1000, message: 'all bytes given back' });
  });
});

test('requests and events are counted by what became of them', async () => {
  const item = { index: 0, messageId: 'm', reason: 'no_user', message: '' };
  const answer: CollectorStage = async () => ({ accepted: 5, refused: [item, item] });
  const { post, metrics } = await aServer({ answer });
  await post('/v1/batch', batch);
  await post('/v1/batch', '{');
  const text = await metrics.text();
  expect(text).toMatch(/tributary_collector_requests_total\{status="200",[^}]*\} 1\n/);
  expect(text).toMatch(/tributary_collector_requests_total\{status="400",[^}]*\} 1\n/);
  expect(text).toMatch(/tributary_collector_events_total\{result="accepted",[^}]*\} 3\n/);
  expect(text).toMatch(/tributary_collector_events_total\{result="refused",[^}]*\} 2\n/);
});

test('the document names every path', async () => {
  const { server } = await aServer();
  const document = (await server.inject('/openapi.json')).json() as { paths: object };
  expect(Object.keys(document.paths)).toEqual(Object.keys(trackingPaths));
});
