import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPost } from '../../../../deploy/replay/post';
import type { Delivery } from '../../../../deploy/traffic/deliveries';
import { TrafficSender } from '../../../../deploy/traffic/sender';
import { eventually } from '../../../support/eventually';
import { startAt } from './plans';

let server: Server;
afterEach(() => new Promise((closed) => server.close(closed).closeAllConnections()));

interface Seen {
  readonly ids: readonly string[];
  readonly sentAt: string;
  readonly agent: string | undefined;
  readonly authorization: string | undefined;
}

/** A collector that answers as told, and a sender whose clock moves on by 100 ms at each look. */
async function collector(answer: RequestListener, giveUpAfterMs = 60_000) {
  const seen: Seen[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      const { batch, sentAt } = JSON.parse(body) as {
        batch: { messageId: string }[];
        sentAt: string;
      };
      const { 'user-agent': agent, authorization } = request.headers;
      seen.push({ ids: batch.map(({ messageId }) => messageId), sentAt, agent, authorization });
      answer(request, response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/batch`;
  const said: string[] = [];
  const acknowledged: [string, number][] = [];
  const clock = { now: startAt };
  const over = new AbortController();
  const sender = new TrafficSender({
    post: createPost({ url, writeKey: 'key', timeoutMs: 150, maxSockets: 2 }),
    now: () => {
      clock.now += 100;
      return clock.now;
    },
    inFlight: 2,
    backOff: { baseMs: 1, maxMs: 4 },
    giveUpAfterMs,
    over: over.signal,
    acknowledged: ({ messages }, attempts) =>
      acknowledged.push([messages.map(({ message }) => message.messageId).join(), attempts]),
    say: (line) => said.push(line),
  });
  return { sender, seen, said, acknowledged, over };
}

function soon(assertion: () => void): Promise<unknown> {
  const holds = () => {
    assertion();
    return true;
  };
  return eventually(holds, { deadlineMs: 5_000, message: 'not sent as expected', everyMs: 5 });
}

function delivery(ids: readonly string[], part: Partial<Delivery> = {}): Delivery {
  const messages = ids.map((messageId) => ({
    message: { messageId, anonymousId: 'ann', timestamp: '' },
    is: 'human' as const,
    trueAt: startAt,
  }));
  return { at: startAt, messages, clockErrorMs: 0, headers: {}, ...part };
}

test('sentAt is the clock of the device, the key is the user, headers are the client’s', async () => {
  const { sender, seen, acknowledged } = await collector((_request, response) => response.end());
  await sender.send(
    delivery(['a', 'b'], { clockErrorMs: 3_600_000, headers: { 'user-agent': 'Bot/1' } }),
  );
  await soon(() => expect(acknowledged).toEqual([['a,b', 1]]));
  expect(seen).toEqual([
    {
      ids: ['a', 'b'],
      sentAt: '2026-01-15T13:00:00.100Z',
      agent: 'Bot/1',
      authorization: `Basic ${Buffer.from('key:').toString('base64')}`,
    },
  ]);
});

test.each([429, 503])('after %s the same ids go out again with a new sentAt', async (status) => {
  let refusals = 2;
  const { sender, seen, said, acknowledged } = await collector((_request, response) => {
    response.statusCode = refusals > 0 ? status : 200;
    refusals -= 1;
    response.end();
  });
  await sender.send(delivery(['a', 'b']));
  await soon(() => expect(acknowledged).toEqual([['a,b', 3]]));
  expect(seen.map(({ ids }) => ids)).toEqual([
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'b'],
  ]);
  const times = seen.map(({ sentAt }) => sentAt);
  expect(new Set(times).size).toBe(3);
  expect(times).toEqual([...times].sort());
  expect(sender.counts).toEqual({ accepted: 2, sentAgain: 4, givenUp: 0 });
  expect(said).toHaveLength(2);
});

test('a connection that breaks and one that hangs lose nothing', async () => {
  const faults = ['break', 'hang'];
  const { sender, acknowledged } = await collector((request, response) => {
    const fault = faults.shift();
    if (fault === 'break') request.socket.destroy();
    if (fault === undefined) response.end();
  });
  await sender.send(delivery(['a']));
  await soon(() => expect(acknowledged).toEqual([['a', 3]]));
});

test('what could not be delivered in time is given up and counted', async () => {
  const { sender, acknowledged } = await collector((_request, response) => {
    response.statusCode = 503;
    response.end();
  }, 250);
  await sender.send(delivery(['a', 'b']));
  await soon(() => expect(sender.counts.givenUp).toBe(2));
  expect(acknowledged).toEqual([]);
});

test('a lasting refusal ends the traffic with the words of the collector', async () => {
  const { sender, seen } = await collector((_request, response) => {
    response.statusCode = 400;
    response.end('{"error":"unknown_write_key"}');
  });
  await sender.send(delivery(['a']));
  await soon(() => expect(seen).toHaveLength(1));
  const going = async () => {
    for (;;) await sender.send(delivery(['b']));
  };
  await expect(going()).rejects.toThrow(/HTTP 400 .*unknown_write_key/);
});

test('when it is over nobody waits for the end of an outage', async () => {
  const { sender, seen, over } = await collector((_request, response) => {
    response.statusCode = 503;
    response.setHeader('retry-after', '3600');
    response.end();
  });
  await sender.send(delivery(['a']));
  await soon(() => expect(seen).toHaveLength(1));
  await sender.send(delivery(['b']));
  const third = sender.send(delivery(['c']));
  over.abort();
  await third;
  await sender.settled();
  expect(sender.counts).toEqual({ accepted: 0, sentAgain: 0, givenUp: 3 });
});
