import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPost } from '../../../../deploy/replay/post';
import { Sender } from '../../../../deploy/replay/sender';

let server: Server;
afterEach(() => new Promise((closed) => server.close(closed).closeAllConnections()));

async function collector(answer: RequestListener) {
  server = createServer((request, response) => {
    request.on('data', (piece) => bodies.push(String(piece)));
    request.on('end', () => answer(request, response));
  });
  const bodies: string[] = [];
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const said: string[] = [];
  const post = createPost({
    url: `http://127.0.0.1:${port}/v1/import`,
    writeKey: 'key',
    timeoutMs: 150,
    maxSockets: 4,
  });
  const backOff = { baseMs: 1, maxMs: 4 };
  const sender = new Sender({ post, inFlight: 2, say: (line) => said.push(line), backOff });
  return { sender, bodies, said };
}

function batch(text: string) {
  return { body: Buffer.from(text), events: text.length };
}

test('sends with the write key as user, to the import call', async () => {
  const seen: unknown[] = [];
  const { sender, bodies } = await collector(({ method, url, headers }, response) => {
    seen.push([method, url, headers.authorization, headers['content-type']]);
    response.end('{"success":true}');
  });
  await sender.send(batch('abc'));
  await sender.settled();
  const authorization = `Basic ${Buffer.from('key:').toString('base64')}`;
  expect(seen).toEqual([['POST', '/v1/import', authorization, 'application/json']]);
  expect(bodies).toEqual(['abc']);
  expect(sender.counts).toEqual({ accepted: 3, sentAgain: 0, requests: 1 });
});

test.each([
  ['429', 429],
  ['500', 500],
  ['503', 503],
])('after %s the same bytes are sent again until they are taken', async (_name, status) => {
  let refusals = 3;
  const { sender, bodies, said } = await collector((_request, response) => {
    response.statusCode = refusals > 0 ? status : 200;
    refusals -= 1;
    response.end('{}');
  });
  await sender.send(batch('ab'));
  await sender.settled();
  expect(bodies).toEqual(['ab', 'ab', 'ab', 'ab']);
  expect(sender.counts).toEqual({ accepted: 2, sentAgain: 6, requests: 4 });
  expect(said).toHaveLength(2);
  expect(said[1]).toMatch(/accepts events again after/);
});

test('a connection that breaks and one that hangs are no loss', async () => {
  const faults = ['break', 'hang'];
  const { sender } = await collector((request, response) => {
    const fault = faults.shift();
    if (fault === 'break') request.socket.destroy();
    if (fault === undefined) response.end('{}');
  });
  await sender.send(batch('a'));
  await sender.settled();
  expect(sender.counts).toEqual({ accepted: 1, sentAgain: 2, requests: 3 });
});

test('Retry-After is waited for', async () => {
  const times: number[] = [];
  const { sender } = await collector((_request, response) => {
    times.push(Date.now());
    if (times.length === 1) response.writeHead(429, { 'retry-after': '0.2' });
    response.end();
  });
  await sender.send(batch('a'));
  await sender.settled();
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(195);
});

test('a request refused for good fails the replay with the answer', async () => {
  const { sender } = await collector((_request, response) => {
    response.statusCode = 400;
    response.end('{"message":"unknown write key"}');
  });
  await sender.send(batch('a'));
  await expect(sender.settled()).rejects.toThrow(/HTTP 400 .*unknown write key/);
  await expect(sender.send(batch('b'))).rejects.toThrow(/HTTP 400/);
});

test('no more than the bound is under way', async () => {
  let [now, most] = [0, 0];
  const { sender } = await collector((_request, response) => {
    now += 1;
    most = Math.max(most, now);
    setTimeout(() => {
      now -= 1;
      response.end();
    }, 10);
  });
  for (let count = 0; count < 10; count += 1) await sender.send(batch('a'));
  await sender.settled();
  expect(most).toBe(2);
  expect(sender.counts.accepted).toBe(10);
});
