import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { renderSummary } from '../../../../deploy/summary/render';
import { type Summary, summarize } from '../../../../deploy/summary/summary';

const ledger = {
  accepted: 1_111_755,
  outcomes: { counted: 1_111_750, dead: 5 },
  reasons: [
    { outcome: 'counted', reason: 'clean', events: 1_111_750 },
    { outcome: 'dead', reason: 'no_user', events: 5 },
  ],
  unaccounted: 0,
  doubled: 0,
  topics: [],
};
const channels = [
  {
    start: null,
    channel: 'Direct',
    sessions: 7,
    users: 6,
    orders: 2,
    revenue: '10.50',
    currency: 'USD',
  },
  {
    start: null,
    channel: 'Email',
    sessions: 1,
    users: 1,
    orders: 1,
    revenue: '0.50',
    currency: 'USD',
  },
  {
    start: null,
    channel: 'Email',
    sessions: null,
    users: null,
    orders: 1,
    revenue: '300',
    currency: 'JPY',
  },
];
const answers: Readonly<Record<string, unknown>> = {
  '/v1/ledger': ledger,
  '/v1/channels?tenant=demo&interval=total': { rows: channels },
  '/v1/funnel?tenant=demo&interval=total&by=session&windowHours=none&order=strict': {
    rows: [{ start: null, steps: [{ step: 'product_viewed', entered: 40 }] }],
  },
  '/v1/funnel?tenant=demo&interval=total&by=user&windowHours=24&order=strict': {
    rows: [{ start: null, steps: [{ step: 'product_viewed', entered: 30 }] }],
  },
};
const page = `tributary_event_to_tag_seconds_bucket{le="0.1",lane="live"} 50
tributary_event_to_tag_seconds_bucket{le="0.3",lane="live"} 100
tributary_event_to_tag_seconds_bucket{le="+Inf",lane="live"} 100
`;

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = request.url === '/metrics' ? page : answers[request.url ?? ''];
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close().closeAllConnections();
});

const replay = { file: 'f', accepted: 1000, sentAgain: 0, unreadable: 0, requests: 2, seconds: 3 };
const processes = [
  { name: 'kafka', cpuSeconds: 1.5, residentBytes: 400 * 2 ** 20 },
  { name: 'cleaner', cpuSeconds: 0.5, residentBytes: 100 * 2 ** 20 },
];

function aSummary(): Promise<Summary> {
  const restarts = { cleaner: 1 };
  return summarize({
    insightsUrl: url,
    interestsUrl: url,
    tenant: 'demo',
    replay,
    seconds: 4,
    processes,
    restarts,
  });
}

test('puts together what the services answer', async () => {
  const summary = await aSummary();
  expect(summary).toMatchObject({
    ledger: { accepted: 1_111_755, unaccounted: 0 },
    funnel: {
      sessions: [{ step: 'product_viewed', entered: 40 }],
      usersWithin24h: [{ step: 'product_viewed', entered: 30 }],
    },
    orders: 4,
    revenue: [
      { currency: 'USD', amount: '11.00' },
      { currency: 'JPY', amount: '300' },
    ],
    throughput: {
      events: 1000,
      eventsPerSecond: 250,
      cpuSeconds: 2,
      eventsPerCpuSecond: 500,
    },
  });
  expect(summary.receiptToTag.live).toMatchObject({ events: 100, p50: 0.1 });
});

test('reads as a page', async () => {
  expect(renderSummary(await aSummary())).toBe(`\
accepted 1,111,755   unaccounted 0   doubled 0
outcome (reason)     events
counted (clean)   1,111,750
dead (no_user)            5

funnel, in order  sessions  users within 24 h
product_viewed          40                 30

channel  sessions  users  orders    revenue
Direct          7      6       2  10.50 USD
Email           1      1       1   0.50 USD
Email           -      -       1    300 JPY
orders 4   revenue 11.00 USD, 300 JPY

receipt to tag, seconds  events    p50    p95    p99
live                        100  0.100  0.280  0.296

process  CPU s  CPU µs an event  resident MB  restarts
kafka      1.5          1,500.0          400         0
cleaner    0.5            500.0          100         1
1,000 events in 4.0 s, until all could be queried: 250 a second
2.0 CPU seconds in all processes: 500 events a CPU second
`);
});
