import { openConnection } from '../../../bench/fuzz/connection';
import { waitUntilProcessed } from '../../../deploy/start/measured-replay';
import { ask, type Ledger } from '../../../deploy/summary/api';
import { eventually } from '../../support/eventually';
import { bodyLines } from '../../support/hostile/body-lines';
import { eventLines } from '../../support/hostile/event-lines';
import { aView, basic, batchOf, keys, type Line, rawRequest } from '../../support/hostile/lines';
import { orderLines } from '../../support/hostile/order-lines';
import { aPipeline, type Pipeline, tally } from '../../support/hostile/pipeline';
import { type Played, playAll } from '../../support/hostile/play';
import { printTable } from '../../support/hostile/print-table';
import { requestLines } from '../../support/hostile/request-lines';
import { socketLines } from '../../support/hostile/socket-lines';

const lines = [
  ...bodyLines(),
  ...requestLines(),
  ...eventLines(),
  ...orderLines(),
  ...socketLines(),
];

/** How long a client may take for its request; a flood of requests takes a moment, too. */
const requestTimeoutMs = 3000;

let pipeline: Pipeline;
let port: number;
let played: ReadonlyMap<Line, Played>;

beforeAll(async () => {
  pipeline = await aPipeline({ COLLECTOR_REQUEST_TIMEOUT: `${requestTimeoutMs}ms` });
  port = Number(new URL(pipeline.stack.urls.collector).port);
  played = await playAll(pipeline, port, lines);
  printTable(
    'collector',
    lines.map((line) => ({ ...line, ...played.get(line) })),
  );
}, 120_000);

afterAll(() => pipeline?.close(), 60_000);

test.each(lines.map((line) => [`${line.group}: ${line.what}`, line] as const))(
  '%s',
  (_what, line) => {
    const { got, judged, neighbour } = played.get(line) ?? {};
    expect(got).toBe(line.got);
    if (line.event !== undefined) expect(judged?.[0]?.event).toMatchObject(line.event);
    expect(neighbour).toBe('200 counted/clean');
  },
);

test('every refusal says what was wrong', () => {
  const refusals = lines.filter(({ got }) => /^400 \w|^408|dead\//.test(got));
  const silent = refusals.filter((line) => (played.get(line)?.said ?? '').length < 10);
  expect(silent.map(({ what }) => what)).toEqual([]);
});

test.each([
  ['slow headers', 'POST /v1/track HTTP/1.1\r\nHost: h\r\nx-a: '],
  [
    'slow body',
    rawRequest('POST /v1/track HTTP/1.1', ['Host: h', basic(keys.demo), 'Content-Length: 99'], '{'),
  ],
])(
  '%s: 408, and neighbours do not wait for it',
  async (_what, bytes) => {
    const [slow, neighbour] = [await openConnection(port), await openConnection(port)];
    slow.send(bytes);
    neighbour.send(batchOf(aView()));
    expect((await neighbour.answer())?.status).toBe(200);
    expect(slow.isOpen()).toBe(true);
    const answer = await slow.answer();
    expect([answer?.status, JSON.parse(answer?.body ?? '{}')]).toMatchObject([
      408,
      { error: 'request_timeout' },
    ]);
    await slow.closed();
    neighbour.destroy();
  },
  20_000,
);

test('a client that is gone before the reply leaves nothing behind but its events', async () => {
  const from = await pipeline.ends();
  const gone = await Promise.all(Array.from({ length: 50 }, () => openConnection(port)));
  for (const connection of gone) connection.send(batchOf(aView({ anonymousId: 'gone' })));
  for (const connection of gone) connection.destroy();
  await eventually(async () => (await metric('tributary_collector_in_flight_bytes')) === 0, {
    deadlineMs: 5000,
    message: 'all bytes given back',
  });
  const left = await pipeline.verdicts(from, await pipeline.ends());
  expect(tally(left)).toMatch(/^$|^counted\/clean( x\d+)?$/);
}, 20_000);

test('the services go on, and the ledger is closed', async () => {
  const accepted = [...(await pipeline.ends()).values()].reduce((sum, end) => sum + end, 0);
  await waitUntilProcessed(pipeline.stack, { accepted, say: () => {} });
  const ledger = await ask<Ledger>(pipeline.stack.urls.insights, '/v1/ledger');
  expect(ledger).toMatchObject({ accepted, unaccounted: 0, doubled: 0 });
  expect(Object.values(ledger.outcomes).reduce((sum, count) => sum + count, 0)).toBe(accepted);
  expect(Object.values(pipeline.stack.restarts())).toEqual([0, 0, 0, 0, 0]);
}, 60_000);

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${pipeline.stack.urls.collector}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1]);
}
