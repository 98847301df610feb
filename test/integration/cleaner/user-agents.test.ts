import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createPost } from '../../../deploy/replay/post';
import { waitUntilProcessed } from '../../../deploy/start/measured-replay';
import { connectClickHouse } from '../../../services/shared/stores/clickhouse/client';
import { aName } from '../../support/names';
import { describeWithData } from '../../support/real-data';
import { startTestStack, type TestStack } from '../../support/test-stack';

// Starts all services, and waits until tens of thousands of records are rows.
jest.setTimeout(180_000);

const atOnce = 500;
const run = aName('agents');
let stack: TestStack;
let sent = 0;

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack?.stop());

type Message = Readonly<Record<string, unknown>>;

async function send(messages: readonly Message[], headers = {}): Promise<void> {
  const url = `${stack.urls.collector}/v1/batch`;
  const common = { writeKey: 'demo-write-key', timeoutMs: 20_000, maxSockets: 1 };
  const post = createPost({ url, ...common });
  for (let at = 0; at < messages.length; at += atOnce) {
    const batch = messages.slice(at, at + atOnce);
    const answer = await post(Buffer.from(JSON.stringify({ batch })), headers);
    expect(answer).toMatchObject({ status: 200, text: expect.not.stringContaining('refused') });
    sent += batch.length;
  }
}

/** The outcome of each message, once every record has its row. */
async function outcomes(): Promise<ReadonlyMap<string, string>> {
  await waitUntilProcessed(stack, { accepted: sent, say: () => {} });
  const { CLICKHOUSE_URL: url = '', CLICKHOUSE_DATABASE: database = '' } = stack.env;
  const clickhouse = connectClickHouse({ url, database });
  const sql = 'SELECT messageId, outcome, reason FROM events FINAL';
  const rows = await clickhouse.rows(sql);
  await clickhouse.close();
  return new Map(rows.map((row) => [String(row.messageId), `${row.outcome}/${row.reason}`]));
}

function view(messageId: string, context: Message): Message {
  const properties = { product_id: 'p1', category: 'Bags' };
  const event = { type: 'track', event: 'Product Viewed', properties };
  return { ...event, anonymousId: `${messageId}-visitor`, messageId, context };
}

/** What SDKs of servers and apps put into the request's own header; as a client that names itself in
 *  its context each would be a program. */
const transports = [
  'analytics-node-next/latest',
  'analytics-python/2.3.2',
  'analytics-ruby/2.5.0',
  'analytics-go (version: 3.3.0)',
  'analytics-php/3.8.0',
  'analytics-java/3.5.2',
  'analytics-kotlin/1.21.0',
  'analytics-swift/1.9.1',
  'RSAnalytics-Node/3.0.13',
  'python-requests/2.32.3',
  'Go-http-client/2.0',
  'Apache-HttpClient/5.3 (Java/17.0.11)',
  'Java/17.0.11',
  'okhttp/4.12.0',
  'Ruby',
  'GuzzleHttp/7',
  'axios/1.7.2',
  'node',
  'undici',
  'curl/8.5.0',
  '',
];

/** What SDKs on devices put into the context: the HTTP agent of the platform. */
const devices = [
  'Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A.230803.041)',
  'Dalvik/2.1.0 (Linux; U; Android 9; SM-G960F Build/PPR1.180610.011)',
  'Acme/3.1 CFNetwork/1494.0.7 Darwin/23.4.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36',
  'Dart/3.4 (dart:io)',
];

test('what an SDK of a server or an app sends is never removed', async () => {
  for (const [index, agent] of transports.entries()) {
    const library = { name: agent.split('/')[0] ?? '', version: '1.0.0' };
    await send([view(`${run}-server-${index}`, { library })], { 'user-agent': agent });
  }
  const library = { name: 'analytics-kotlin', version: '1.21.0' };
  await send(
    devices.map((userAgent, index) => view(`${run}-device-${index}`, { library, userAgent })),
    { 'user-agent': 'okhttp/4.12.0' },
  );
  const found = await outcomes();
  const verdictsOn = (kind: string, all: readonly string[]) =>
    all.map((agent, index) => [agent, found.get(`${run}-${kind}-${index}`)]);
  const counted = (all: readonly string[]) => all.map((agent) => [agent, 'counted/clean']);
  expect(verdictsOn('server', transports)).toEqual(counted(transports));
  expect(verdictsOn('device', devices)).toEqual(counted(devices));
});

describeWithData('user-agents/labelled_uas_open.tsv.gz', ({ path }) => {
  test('crawlers are removed and people are not, by the agent of their browser', async () => {
    const lines = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n').slice(1);
    const agents = lines.map((line, index) => {
      const [label = '', , , userAgent = ''] = line.split('\t');
      return { messageId: `${run}-${index}`, label, userAgent };
    });
    const library = { name: 'analytics.js', version: 'npm:next-1.81.0' };
    await send(
      agents.map(({ messageId, userAgent }) => view(messageId, { library, userAgent })),
      { origin: 'https://shop.example', 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' },
    );
    const found = await outcomes();

    const removed = (wanted: string) => {
      const those = agents.filter(({ label }) => label === wanted);
      const verdicts = those.map(({ messageId }) => found.get(messageId));
      const bots = verdicts.filter((verdict) => verdict === 'bot/declared_bot').length;
      const people = verdicts.filter((verdict) => verdict === 'counted/clean').length;
      expect(bots + people).toBe(those.length);
      const share = bots / those.length;
      const percent = (100 * share).toFixed(2);
      process.stderr.write(`${wanted}: ${bots} of ${those.length} removed (${percent} %)\n`);
      return share;
    };
    expect(removed('bot')).toBeGreaterThanOrEqual(0.97);
    removed('bot_bulk');
    expect(removed('human')).toBeLessThanOrEqual(0.015);
  });
});
