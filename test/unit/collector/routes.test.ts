import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { createInFlight } from '../../../services/collector/in-flight';
import { collectorOpenapi } from '../../../services/collector/openapi';
import { collectorRoutes, trackingPaths } from '../../../services/collector/routes';
import type { CollectorStage, Origin } from '../../../services/collector/stage';
import { createTenantOfKey } from '../../../services/collector/write-keys';
import { FatalError, TransientError } from '../../../services/shared/runtime/errors';
import { createHttp } from '../../../services/shared/runtime/http';
import { createMetrics } from '../../../services/shared/runtime/metrics';
import { eventually } from '../../support/eventually';
import { keepingLog } from '../../support/log-lines';
import { aTenant } from './a-tenant';

const maxRequestBytes = 20_000;
const auth = { authorization: `Basic ${Buffer.from('demo-key:').toString('base64')}` };
const track = { event: 'Product Added', userId: 'u', messageId: 'm' };
const batch = { batch: [{ type: 'track', ...track }], sentAt: '2026-01-15T12:00:00Z' };

interface Collected {
  readonly messages: readonly unknown[];
  readonly sentAt: unknown;
  readonly origin: Origin;
}

const servers: FastifyInstance[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function aServer(
  part: { answer?: CollectorStage; maxInFlight?: number; trustProxy?: boolean } = {},
) {
  const collected: Collected[] = [];
  const failures: string[] = [];
  let held = 0;
  const metrics = createMetrics('collector');
  const { log, lines } = keepingLog();
  const stage: CollectorStage = async (incoming, origin) => {
    const messages = incoming.entries.map(({ message }) => message);
    collected.push({ messages, sentAt: incoming.sentAt, origin });
    if (part.answer) return part.answer(incoming, origin);
    return { accepted: messages.length, refused: 0 };
  };
  const health = { live: {}, ready: {} };
  const server = createHttp({ log, metrics, health, openapi: collectorOpenapi });
  servers.push(server);
  await server.register(collectorRoutes, {
    stage,
    tenantOf: createTenantOfKey([aTenant()]),
    inFlight: createInFlight(part.maxInFlight ?? 1_000_000, (bytes) => {
      held = bytes;
    }),
    metrics,
    onOutage: ({ message }: Error) => void failures.push(message),
    maxRequestBytes,
    maxEvents: 3,
    trustProxy: part.trustProxy ?? false,
  });
  const post = (url: string, payload: InjectOptions['payload'], headers: object = auth) =>
    server.inject({ method: 'POST', url, payload: payload as object, headers: { ...headers } });
  return { server, post, collected, failures, lines, metrics, held: () => held };
}

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

describe('what will never do is 400, so that it is not sent again', () => {
  const padded = JSON.stringify({ ...track, pad: 'x'.repeat(maxRequestBytes) });
  test.each<[string, string, unknown, object, string, string | null]>([
    ['no body', '/v1/track', undefined, auth, 'empty_body', null],
    ['no JSON', '/v1/track', '{"event":', auth, 'malformed_json', null],
    ['an array', '/v1/track', '[]', auth, 'not_an_object', null],
    ['no batch', '/v1/batch', '{}', auth, 'no_batch', 'batch'],
    ['too many', '/v1/b', { batch: [1, 2, 3, 4] }, auth, 'too_many_events', 'batch'],
    ['no key', '/v1/track', track, {}, 'no_write_key', 'batch[0].writeKey'],
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

describe('what may be sent again', () => {
  test('503 where Kafka does not acknowledge, and nothing is said to be a success', async () => {
    for (const failure of [new TransientError('no leader'), new FatalError('not authorized')]) {
      const { post, failures } = await aServer({ answer: () => Promise.reject(failure) });
      const answer = await post('/v1/batch', batch);
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
      expect(answer.json()).toMatchObject({ error: 'not_acknowledged' });
      expect(failures).toEqual([failure.message]);
    }
  });

  test('500 where this program is wrong', async () => {
    const { post, lines } = await aServer({ answer: () => Promise.reject(new TypeError('bug')) });
    expect((await post('/v1/batch', batch)).statusCode).toBe(500);
    expect(lines.map(({ level }) => level)).toEqual(['error']);
  });

  test('429 while too much is in flight, and no longer', async () => {
    let finish = () => {};
    const waiting = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { post, held } = await aServer({
      maxInFlight: 150,
      answer: async () => {
        await waiting;
        return { accepted: 1, refused: 0 };
      },
    });
    const first = post('/v1/batch', batch);
    await eventually(() => held() > 0, { deadlineMs: 1000, message: 'the first request held' });
    const second = await post('/v1/batch', batch);
    expect([second.statusCode, second.headers['retry-after']]).toEqual([429, '1']);
    expect(second.json()).toMatchObject({ error: 'overloaded' });
    finish();
    expect((await first).statusCode).toBe(200);
    await eventually(() => held() === 0, { deadlineMs: 1000, message: 'all bytes given back' });
    expect((await post('/v1/batch', batch)).statusCode).toBe(200);
  });

  test('429 for a body that inflates to more than there is room for', async () => {
    const { post, collected, held } = await aServer({ maxInFlight: 4000 });
    const pad = 'x'.repeat(15_000);
    // The first inflated byte over the bound counts beside the compressed ones that are held.
    const answer = await post('/v1/track', gzipSync(JSON.stringify({ ...track, pad })));
    expect([answer.statusCode, collected]).toEqual([429, []]);
    await eventually(() => held() === 0, { deadlineMs: 1000, message: 'all bytes given back' });
  });
});

describe('browsers', () => {
  const browser = { ...auth, origin: 'https://shop.example', 'user-agent': 'Firefox' };
  const seen = async (path: string, headers: object, trustProxy = false) => {
    const { post, collected } = await aServer({ trustProxy });
    await post(path, path === '/v1/import' ? batch : track, headers);
    return collected[0]?.origin.browser;
  };

  test('are asked for their own address and agent, others are not', async () => {
    expect(await seen('/v1/t', browser)).toEqual({ ip: '127.0.0.1', userAgent: 'Firefox' });
    expect(await seen('/v1/t', { ...auth, 'user-agent': 'analytics-node' })).toBeNull();
    expect(await seen('/v1/import', browser)).toBeNull();
  });

  test('are behind the proxy only where there is one', async () => {
    const forwarded = { ...browser, 'x-forwarded-for': '198.51.100.1, 203.0.113.7' };
    expect((await seen('/v1/t', forwarded))?.ip).toBe('127.0.0.1');
    expect((await seen('/v1/t', forwarded, true))?.ip).toBe('203.0.113.7');
  });

  test('may post from anywhere', async () => {
    const { server, post } = await aServer();
    const asked = await server.inject({
      method: 'OPTIONS',
      url: '/v1/t',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': expect.stringContaining('authorization'),
    });
    expect((await post('/v1/t', track)).headers['access-control-allow-origin']).toBe('*');
  });

  test('get the settings of analytics.js', async () => {
    const { server } = await aServer();
    const get = (key: string) =>
      server.inject({ url: `/v1/projects/${key}/settings`, headers: { host: 'events.test' } });
    expect((await get('demo-key')).json()).toMatchObject({
      integrations: { 'Segment.io': { apiKey: 'demo-key', apiHost: 'events.test/v1' } },
    });
    expect((await get('nobody')).statusCode).toBe(404);
  });

  test("have their SDK's own metrics swallowed", async () => {
    const { post, collected } = await aServer();
    const answer = await post('/v1/m', { series: [] }, {});
    expect([answer.statusCode, collected]).toEqual([200, []]);
  });
});

test('a client that goes away in the middle of its body leaves nothing held', async () => {
  const { server, held, collected } = await aServer();
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{"event"');
  await eventually(() => held() === 5000, { deadlineMs: 2000, message: 'the request held' });
  socket.destroy();
  await eventually(() => held() === 0, { deadlineMs: 2000, message: 'all bytes given back' });
  expect(collected).toEqual([]);
});

test('requests and events are counted by what became of them', async () => {
  const answer: CollectorStage = async () => ({ accepted: 5, refused: 2 });
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
