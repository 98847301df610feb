import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connection, readAnswer } from '../../../../bench/collector/connection';

test('an answer is read once all of it is there', () => {
  const whole = 'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nfull';
  for (let length = 0; length < whole.length; length += 1) {
    expect(readAnswer(whole.slice(0, length))).toBeNull();
  }
  expect(readAnswer(whole)).toEqual({ status: 429, closes: false });
  const last = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nConnection: close\r\n\r\n';
  expect(readAnswer(last)).toEqual({ status: 200, closes: true });
});

test('an answer of unknown length is a fault', () => {
  expect(() => readAnswer('HTTP/1.1 200 OK\r\n\r\n')).toThrow('without content-length');
});

describe('with a server', () => {
  let server: Server;
  let statuses: number[];
  beforeEach(async () => {
    statuses = [];
    server = createServer((_request, response) => {
      const status = statuses.shift();
      if (status === undefined) return; // never answered
      if (status === 0) return void response.socket?.destroy();
      response.writeHead(status, { 'content-length': 2 }).end('ok');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const request = Buffer.from('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi');

  test('one request after the other; a broken connection is made again', async () => {
    const { port } = server.address() as AddressInfo;
    const connection = new Connection({ host: '127.0.0.1', port, timeoutMs: 5000 });
    statuses = [200, 429, 0, 503];
    const found = [];
    for (let nth = 0; nth < 4; nth += 1) found.push(await connection.send(request));
    expect(found).toEqual([200, 429, 0, 503]);
    connection.close();
  });

  test('what is not answered in time has no status', async () => {
    const { port } = server.address() as AddressInfo;
    const connection = new Connection({ host: '127.0.0.1', port, timeoutMs: 20 });
    expect(await connection.send(request)).toBe(0);
  });
});
