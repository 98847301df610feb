import { TransientError } from '../../../../services/shared/runtime/errors';
import type { Health } from '../../../../services/shared/runtime/health';
import { createHttp, HttpError } from '../../../../services/shared/runtime/http';
import { createMetrics } from '../../../../services/shared/runtime/metrics';
import { keepingLog } from '../../../support/log-lines';

function aServer(health: Partial<Health> = {}) {
  const { log, lines } = keepingLog();
  const metrics = createMetrics('insights');
  const whole: Health = { live: {}, ready: {}, ...health };
  const openapi = () => ({ openapi: '3.1.0' });
  const server = createHttp({ log, metrics, health: whole, openapi, bodyLimit: 100 });
  server.get('/users/:id', async () => ({ ok: true }));
  server.get('/refused', async () => {
    throw new HttpError(409, 'conflict', 'it was decided already', 'decision');
  });
  server.get('/down', async () => {
    throw new TransientError('ClickHouse is down', { server: 'clickhouse' });
  });
  server.get('/bug', async () => {
    throw new Error('password=hush');
  });
  const querystring = {
    type: 'object',
    properties: { limit: { type: 'integer' } },
    required: ['tenant'],
  };
  server.get('/strict', { schema: { querystring } }, async () => ({}));
  server.post('/body', async (request) => request.body);
  return { server, metrics, lines };
}

const get = async ({ server }: ReturnType<typeof aServer>, url: string) => {
  const answer = await server.inject({ method: 'GET', url });
  return { status: answer.statusCode, body: answer.json() };
};

test('healthy: 200 with each check by name', async () => {
  const service = aServer({
    live: { consumer: () => ({ ok: true }) },
    ready: { redis: async () => 'PONG', consumer: () => ({ ok: true }) },
  });
  const live = { ok: true, checks: { consumer: 'ok' } };
  expect(await get(service, '/livez')).toEqual({ status: 200, body: live });
  const ready = { ok: true, checks: { redis: 'ok', consumer: 'ok' } };
  expect(await get(service, '/readyz')).toEqual({ status: 200, body: ready });
});

test('not healthy: 503 with the reason; a check that hangs is answered for', async () => {
  const service = aServer({
    live: { consumer: () => ({ ok: false, why: 't/0 has not moved for 61 s' }) },
    ready: {
      redis: async () => {
        throw new Error('connect ECONNREFUSED');
      },
      consumer: async () => ({ ok: false, why: 'not joined' }),
      clickhouse: () => new Promise(() => {}),
    },
  });
  expect(await get(service, '/livez')).toEqual({
    status: 503,
    body: { ok: false, checks: { consumer: 't/0 has not moved for 61 s' } },
  });
  expect(await get(service, '/readyz')).toEqual({
    status: 503,
    body: {
      ok: false,
      checks: {
        redis: 'connect ECONNREFUSED',
        consumer: 'not joined',
        clickhouse: 'no answer within 2000 ms',
      },
    },
  });
});

test.each([
  ['/nowhere?x=1', 404, { error: 'not_found', message: 'there is no GET /nowhere', field: null }],
  ['/refused', 409, { error: 'conflict', message: 'it was decided already', field: 'decision' }],
  ['/down', 503, { error: 'unavailable', message: 'ClickHouse is down', field: null }],
  ['/bug', 500, { error: 'internal', message: 'the request failed; see the log', field: null }],
  ['/strict', 400, expect.objectContaining({ error: 'validation', field: 'tenant' })],
  [
    '/strict?tenant=a&limit=x',
    400,
    expect.objectContaining({ error: 'validation', field: 'limit' }),
  ],
])('%s is answered %i in the one form', async (url, status, body) => {
  expect(await get(aServer(), url)).toEqual({ status, body });
});

test('only what a person must see is logged as an error', async () => {
  const service = aServer();
  for (const url of ['/nowhere', '/refused', '/strict', '/down', '/bug']) await get(service, url);
  expect(service.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'warn a request was put off',
    'error a request failed',
  ]);
});

test('a body that is no JSON, or too large, is the fault of the caller', async () => {
  const { server } = aServer();
  const post = (payload: string) =>
    server.inject({
      ...{ method: 'POST', url: '/body', payload },
      headers: { 'content-type': 'application/json' },
    });
  expect((await post('{')).statusCode).toBe(400);
  const tooLarge = await post(JSON.stringify('x'.repeat(200)));
  expect({ status: tooLarge.statusCode, error: tooLarge.json().error }).toEqual({
    status: 413,
    error: 'ctp_body_too_large',
  });
});

test('requests are measured by their route as declared, never by their path', async () => {
  const service = aServer();
  await get(service, '/users/secret-person');
  await get(service, '/nowhere');
  const answer = await service.server.inject({ method: 'GET', url: '/metrics' });
  expect(answer.headers['content-type']).toContain('text/plain');
  const counted = 'tributary_http_request_seconds_count{service="insights",method="GET"';
  expect(answer.body).toContain(`${counted},route="/users/:id",status="200"} 1`);
  expect(answer.body).toContain(`${counted},route="none",status="404"} 1`);
  expect(answer.body).not.toContain('secret-person');
});

test('the document of the service is at /openapi.json', async () => {
  expect(await get(aServer(), '/openapi.json')).toEqual({
    status: 200,
    body: { openapi: '3.1.0' },
  });
});
