import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Label, LabelFile } from '../../../../deploy/traffic/labels';
import { runTraffic } from '../../../../deploy/traffic/run';
import { aPlan } from './plans';

let server: Server;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traffic-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((closed) => server.close(closed).closeAllConnections());
});

/** Takes every message, and refuses every fifth request at first. */
async function collector() {
  const ids: string[] = [];
  let requests = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      requests += 1;
      if (requests % 5 === 0) response.statusCode = 503;
      else ids.push(...(JSON.parse(body).batch as Label[]).map(({ messageId }) => messageId));
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { ids, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('every acknowledged message has its label, and nothing else has one', async () => {
  const { ids, url } = await collector();
  const path = join(folder, 'labels.jsonl');
  const report = await runTraffic({
    plan: aPlan({ startAt: Date.now(), eventsPerSecond: 300, pace: 60 }),
    collectorUrl: url,
    writeKey: 'key',
    forMs: 2_500,
    labels: new LabelFile(path, 1e7),
    say: () => {},
    signal: new AbortController().signal,
  });
  const labels = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Label);
  expect(labels.map(({ messageId }) => messageId).sort()).toEqual([...ids].sort());
  expect(report.accepted).toBe(ids.length);
  expect(report.accepted + report.givenUp).toBeGreaterThan(400);
  expect(report.sentAgain).toBeGreaterThan(0);
  const repeated = ids.length - new Set(ids).size;
  expect(labels.filter(({ is }) => is === 'duplicate').length).toBeGreaterThanOrEqual(repeated);
});

test('the time is over also after the garbage collector has been by', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const { url } = await collector();
  const started = Date.now();
  const stop = new AbortController();
  const collecting = setInterval(collectGarbage, 200);
  const late = setTimeout(() => stop.abort(), 40_000);
  await runTraffic({
    plan: aPlan({ startAt: started, eventsPerSecond: 10 }),
    collectorUrl: url,
    writeKey: 'key',
    forMs: 1_500,
    labels: null,
    say: () => {},
    signal: stop.signal,
  });
  clearInterval(collecting);
  clearTimeout(late);
  expect(stop.signal.aborted).toBe(false);
});

test('a signal ends it at once', async () => {
  const { url } = await collector();
  const stop = new AbortController();
  const started = Date.now();
  setTimeout(() => stop.abort(), 200);
  await runTraffic({
    plan: aPlan({ startAt: started, eventsPerSecond: 1, pace: 1 }),
    collectorUrl: url,
    writeKey: 'key',
    forMs: null,
    labels: null,
    say: () => {},
    signal: stop.signal,
  });
  expect(Date.now() - started).toBeLessThan(5_000);
});
