import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReplayOptions, replay } from '../../../../deploy/replay/replay';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
let received: unknown[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      received.push(...JSON.parse(Buffer.concat(pieces).toString()).batch);
      response.end('{"success":true}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
beforeEach(() => {
  received = [];
});
afterAll(() => {
  server.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});

function send(name: string, text: string, options: Partial<ReplayOptions>) {
  const file = join(folder, name);
  writeFileSync(file, text);
  const { port } = server.address() as AddressInfo;
  const base = { file, format: 'segment', writeKey: 'k', speed: 'max', variation: null } as const;
  return replay(
    { ...base, collectorUrl: `http://127.0.0.1:${port}`, ...options },
    { progress: { show: () => {}, stop: () => {} }, say: () => {} },
  );
}

const lines = Array.from({ length: 1203 }, (_, n) => JSON.stringify({ messageId: `m-${n}` }));

test('every line is sent once and counted', async () => {
  const report = await send('plain.jsonl', lines.join('\n'), {});
  expect(received).toHaveLength(1203);
  expect(
    new Set(received.map((message) => (message as { messageId: string }).messageId)).size,
  ).toBe(1203);
  expect(report).toMatchObject({ accepted: 1203, sentAgain: 0, unreadable: 0, requests: 3 });
});

test('a line that is no message goes out as text, so that the ledger shows it', async () => {
  const report = await send('odd.jsonl', `${lines[0]}\nnot JSON\n${lines[1]}\n`, {});
  expect(received).toEqual([{ messageId: 'm-0' }, 'not JSON', { messageId: 'm-1' }]);
  expect(report).toMatchObject({ accepted: 3, unreadable: 1 });
});

test('a variation sends every line as often as it says', async () => {
  const variation = { repeat: { least: 2, most: 2 }, shuffle: 'all', late: null, seed: 1 } as const;
  const report = await send('twice.jsonl', lines.join('\n'), { variation });
  expect(report.accepted).toBe(2406);
  expect(received).toHaveLength(2406);
});

test('the heading of a GA4 file is not an event', async () => {
  const heading = [
    ...['ts_us', 'event_name', 'user_pseudo_id', 'ga_session_id', 'page_location', 'source'],
    ...['medium', 'campaign', 'transaction_id', 'revenue_usd', 'items'],
  ].join(',');
  const row = '1608336001839145,scroll,1.1,7,,,,,,,';
  const report = await send('some.csv', `${heading}\n${row}\n`, { format: 'ga4' });
  expect(report).toMatchObject({ accepted: 1, unreadable: 0 });
  expect(received).toMatchObject([{ event: 'scroll', anonymousId: '1.1' }]);
});

test('an empty file is an empty replay', async () => {
  expect(await send('empty.jsonl', '', {})).toMatchObject({ accepted: 0, requests: 0 });
});
