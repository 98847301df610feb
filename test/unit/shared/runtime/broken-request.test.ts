import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type Connection, openConnection } from '../../../../bench/fuzz/connection';
import { createHttp } from '../../../../services/shared/runtime/http';
import { createMetrics } from '../../../../services/shared/runtime/metrics';
import { keepingLog } from '../../../support/log-lines';

let server: FastifyInstance;
let connection: Connection;

beforeAll(async () => {
  server = createHttp({
    log: keepingLog().log,
    metrics: createMetrics('insights'),
    health: { live: {}, ready: {} },
    openapi: () => ({}),
  });
  server.get('/slow/:name', async (request) => {
    await sleep(20);
    return request.params;
  });
  server.post('/slow', async (request) => request.body);
  await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

beforeEach(async () => {
  connection = await openConnection((server.server.address() as AddressInfo).port);
});
afterEach(() => connection.destroy());

const get = (name: string) => `GET /slow/${name} HTTP/1.1\r\nHost: h\r\n\r\n`;

/** Every answer until the connection is closed. */
async function answers(): Promise<readonly string[]> {
  const all: string[] = [];
  for (;;) {
    const answer = await connection.answer();
    if (answer === null) return all;
    all.push(`${answer.status} ${answer.body}`);
  }
}

const noHttp = {
  error: 'malformed_request',
  message: 'these bytes are no HTTP request: Invalid method encountered',
  field: null,
};

test('what is no request is answered after the requests before it', async () => {
  connection.send(`${get('one')}${get('two')}hello\r\n\r\n`);
  expect(await answers()).toEqual([
    '200 {"name":"one"}',
    '200 {"name":"two"}',
    `400 ${JSON.stringify(noHttp)}`,
  ]);
});

test('a request whose body breaks is answered once, after those before it', async () => {
  const broken =
    'POST /slow HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n';
  connection.send(get('one') + broken);
  const [first, second, ...rest] = await answers();
  expect(first).toBe('200 {"name":"one"}');
  expect(second).toContain('400 {"error":"malformed_request"');
  expect(rest).toEqual([]);
});

test('a request without a host is told of it', async () => {
  connection.send('GET /livez HTTP/1.1\r\n\r\n');
  const answer = await connection.answer();
  expect(JSON.parse(answer?.body ?? '')).toMatchObject({ field: 'host' });
  expect(answer?.status).toBe(400);
});
