import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ask, askHealth, sumOfCounter } from '../../../../deploy/panel/questions';

let server: Server | undefined;
afterEach(async () => {
  await new Promise((closed) => (server ? server.close(closed).closeAllConnections() : closed(0)));
  server = undefined;
});
const { signal } = new AbortController();

async function service(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((ready) => listening.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

test('asks with parameters and gives the answer', async () => {
  const url = await service(({ url: asked }, response) => response.end(JSON.stringify({ asked })));
  expect(await ask(`${url}/v1/x`, { tenant: 'a b' }, signal)).toEqual({
    asked: '/v1/x?tenant=a+b',
  });
});

test('what is not there is what the caller says, or a fault', async () => {
  const url = await service((_request, response) => {
    response.statusCode = 404;
    response.end('{"message":"nobody was seen"}');
  });
  expect(await ask(url, {}, signal, { missing: null })).toBeNull();
  await expect(ask(url, {}, signal)).rejects.toThrow('HTTP 404 nobody was seen');
});

test('a service that is down, or breaks off, is said so in a few words', async () => {
  const url = await service((request) => request.socket.destroy());
  await expect(ask(url, {}, signal)).rejects.toThrow(/^cannot be reached \(.+\)$/);
  await new Promise((closed) => server?.close(closed));
  await expect(ask(url, {}, signal)).rejects.toThrow('cannot be reached (ECONNREFUSED)');
});

test('what is not ready is named by its check', async () => {
  const url = await service((_request, response) => {
    response.statusCode = 503;
    response.end('{"ok":false,"checks":{"redis":"no answer within 2000 ms","clickhouse":"ok"}}');
  });
  await expect(askHealth(url, signal)).rejects.toThrow(
    'not ready (redis: no answer within 2000 ms)',
  );
});

test('a counter is the sum of its series with these labels', () => {
  const page = [
    '# TYPE tributary_collector_events_total counter',
    'tributary_collector_events_total{result="accepted",lane="live"} 40',
    'tributary_collector_events_total{lane="import",result="accepted"} 2',
    'tributary_collector_events_total{result="refused",lane="live"} 7',
    'tributary_collector_events_total_more{result="accepted"} 99',
  ].join('\n');
  const name = 'tributary_collector_events_total';
  expect(sumOfCounter(name, { result: 'accepted' }, page)).toBe(42);
  expect(sumOfCounter(name, {}, page)).toBe(49);
  expect(sumOfCounter('missing', {}, page)).toBe(0);
});
