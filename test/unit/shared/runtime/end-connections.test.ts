import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import fastify from 'fastify';
import { endConnections } from '../../../../services/shared/runtime/end-connections';

async function aServer(afterMs: number) {
  const server = fastify({ forceCloseConnections: 'idle' });
  endConnections(server, afterMs);
  let answer: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    server.get('/', async () => {
      resolve();
      await new Promise<void>((done) => {
        answer = done;
      });
      return 'well';
    });
  });
  server.post('/', async () => 'read');
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return { server, port, asked, answer: () => answer() };
}

async function connected(port: number, text = '') {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return socket;
}

test('a connection that nobody used does not hold up the end; a request does until its answer', async () => {
  const { server, port, asked, answer } = await aServer(60_000);
  const unused = (await connected(port)).resume();
  const asking = await connected(port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  await asked;
  const closed = server.close();
  await once(unused, 'close');
  answer();
  const [bytes] = (await once(asking, 'data')) as [Buffer];
  expect(bytes.toString()).toMatch(/^HTTP\/1.1 200 .*well$/s);
  await closed;
});

test('a body that does not come to its end is not waited for forever', async () => {
  const { server, port } = await aServer(200);
  const slow = await connected(port, 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{');
  slow.resume();
  await once(server.server, 'request');
  const ended = once(slow, 'close');
  await server.close();
  await ended;
});
