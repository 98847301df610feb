import { gzipSync } from 'node:zlib';
import { FatalError, TransientError } from '../../../services/shared/runtime/errors';
import { eventually } from '../../support/eventually';
import {
  aServer,
  aSlowClient,
  auth,
  batch,
  closeServers,
  maxRequestBytes,
  track,
} from './a-server';

afterEach(closeServers);

const deadline = (message: string) => ({ deadlineMs: 2000, message });

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
      maxInFlight: 90,
      answer: async () => {
        await waiting;
        return { accepted: 1, refused: [] };
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

  test('429 for a body that inflates to more than there is room for beside others', async () => {
    const { server, post, collected, held, metrics } = await aServer({ maxInFlight: 4000 });
    const slow = await aSlowClient(server, 'POST /v1/track HTTP/1.1\r\nHost: x\r\n');
    slow.write('Content-Length: 500\r\n\r\n{');
    await eventually(() => held() === 1, { deadlineMs: 2000, message: 'the slow request held' });
    const large = gzipSync(JSON.stringify({ ...track, pad: 'x'.repeat(15_000) }));
    expect((await post('/v1/track', large)).statusCode).toBe(429);
    expect(collected).toEqual([]);
    await eventually(() => held() === 1, { deadlineMs: 1000, message: 'its bytes given back' });
    slow.destroy();
    await eventually(() => held() === 0, { deadlineMs: 1000, message: 'all bytes given back' });
    expect((await post('/v1/track', large)).statusCode).toBe(200);
    expect(await metrics.text()).toMatch(/limited_total\{limit="in_flight",[^}]*\} 1\n/);
  });

  test('429 with the time to wait, once a write key sent too much', async () => {
    const { post, collected, metrics } = await aServer({ perSecond: { key: 1 } });
    for (let sent = 0; sent < 10; sent += 1)
      expect((await post('/v1/t', track)).statusCode).toBe(200);
    const answer = await post('/v1/t', track);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '1']);
    expect(answer.json()).toMatchObject({ error: 'rate_limited', field: null });
    expect(answer.headers['access-control-expose-headers']).toBe('retry-after');
    // Put off before anybody looks what it says.
    expect((await post('/v1/t', '{')).statusCode).toBe(429);
    expect(collected).toHaveLength(10);
    expect(await metrics.text()).toMatch(/limited_total\{limit="key",[^}]*\} 2\n/);
  });

  test('429 for an address that has no valid key again and again, not for one beside it', async () => {
    const { server, post, collected, metrics } = await aServer({ perSecond: { refusals: 1 } });
    const stranger = { ...track, writeKey: 'x' };
    for (let sent = 0; sent < 10; sent += 1) {
      expect((await post('/v1/t', stranger, {})).statusCode).toBe(400);
    }
    expect((await post('/v1/t', stranger, {})).statusCode).toBe(429);
    expect((await server.inject('/v1/projects/x/settings')).statusCode).toBe(429);
    expect((await post('/v1/t', track)).statusCode).toBe(200);
    expect(collected).toHaveLength(1);
    const text = await metrics.text();
    expect(text).toMatch(/refusals_total\{error="unknown_write_key",[^}]*\} 10\n/);
    expect(text).toMatch(/limited_total\{limit="refusals",[^}]*\} 2\n/);
  });

  test('429 for an address that sends more than any office does', async () => {
    const { post } = await aServer({ perSecond: { address: 1 }, trustProxy: true });
    const from = (address: string) => ({ ...auth, 'x-forwarded-for': address });
    for (let sent = 0; sent < 10; sent += 1) await post('/v1/t', track, from('192.0.2.1'));
    expect((await post('/v1/t', track, from('192.0.2.1'))).statusCode).toBe(429);
    expect((await post('/v1/t', track, from('192.0.2.2'))).statusCode).toBe(200);
  });
});

test('a client that goes away in the middle of its body leaves nothing held', async () => {
  const { server, held, collected, lines } = await aServer();
  const client = await aSlowClient(server, 'POST /v1/track HTTP/1.1\r\nHost: x\r\n');
  client.write('Content-Length: 5000\r\n\r\n{"event"');
  await eventually(() => held() === 8, { deadlineMs: 2000, message: 'the request held' });
  client.destroy();
  await eventually(() => held() === 0, { deadlineMs: 2000, message: 'all bytes given back' });
  expect([collected, lines]).toEqual([[], []]);
});

test('a client that sends too much reads the answer although it is not done sending', async () => {
  const { server, held } = await aServer();
  const client = await aSlowClient(server, 'POST /v1/track HTTP/1.1\r\nHost: x\r\n');
  client.write(`Content-Length: ${20 * maxRequestBytes}\r\n\r\n`);
  client.write(Buffer.alloc(2 * maxRequestBytes, ' '));
  await eventually(() => client.read().includes('"too_large"'), deadline('the answer'));
  client.write(Buffer.alloc(18 * maxRequestBytes, ' '));
  client.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  await eventually(() => client.read().includes('{"ok":true'), deadline('the next answer'));
  expect(client.read()).toMatch(/^HTTP\/1.1 400 /);
  expect(held()).toBe(0);
  client.destroy();
});
