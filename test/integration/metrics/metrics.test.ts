import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setUpTopics } from '../../../deploy/setup/topics';
import { compareWindows } from '../../../deploy/verify/windows';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import type { DecidedEvent } from '../../../services/shared/domain/settle';
import type { Codec } from '../../../services/shared/runtime/codec';
import { judgedEventCodec } from '../../../services/shared/runtime/codecs';
import { createRegistry } from '../../../services/shared/runtime/registry';
import { projectRoot } from '../../../services/shared/runtime/root';
import { schemaText } from '../../../services/shared/runtime/schema-files';
import { cleanedKeys, groupOf, subjectOf, topicsOf } from '../../../services/shared/runtime/topics';
import { aDatabase, type TestDatabase } from '../../support/clickhouse';
import { aDecision, aJudgedEvent, anEvent, noon } from '../../support/event-builders';
import { eventually } from '../../support/eventually';
import { type TestKafka, testKafka } from '../../support/kafka';
import { keepingLog } from '../../support/log-lines';
import { aName } from '../../support/names';
import { addressOf } from '../../support/server-addresses';

// Starts processes, kills them, and waits for their partitions.
jest.setTimeout(120_000);

const prefix = `${aName('metrics')}.`;
const topics = topicsOf(prefix);
const registryUrl = addressOf('SCHEMA_REGISTRY_URL');
const conversionWindowMs = 86_400_000;

let kafka: TestKafka;
let database: TestDatabase;
let codec: Codec<JudgedEvent>;
let service: ChildProcess;

beforeAll(async () => {
  kafka = await testKafka();
  database = await aDatabase();
  const { log } = keepingLog();
  await setUpTopics({ admin: kafka.admin, topics, partitions: 2, replicationFactor: 1, log });
  const registry = createRegistry({ registryUrl });
  await registry.register(subjectOf(topics.deadLetter), schemaText('judged-event'));
  codec = judgedEventCodec({ registryUrl, topic: topics.deadLetter });
  await codec.ready();
  service = start();
});

afterAll(async () => {
  service.kill('SIGKILL');
  await kafka.admin.deleteTopics({ topics: Object.values(topics) });
  await Promise.all([kafka.close(), database.drop()]);
});

function start(): ChildProcess {
  const program = join(projectRoot, 'dist', 'services', 'metrics', 'main.js');
  return spawn(process.execPath, [program], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      TOPIC_PREFIX: prefix,
      KAFKA_GROUP_PREFIX: prefix,
      CLICKHOUSE_DATABASE: database.clickhouse.database,
      METRICS_PORT: '0',
      KAFKA_SESSION_TIMEOUT: '6s',
    },
  });
}

let offset = 0;

/** A shopper's record from the next source offset. */
function record(
  part: Parameters<typeof anEvent>[0],
  judged: Partial<JudgedEvent> = {},
): JudgedEvent {
  offset += 1;
  const event = { ...anEvent({ messageId: `m-${offset}`, ...part }), ip: null, userAgent: null };
  const source = { topic: topics.click, partition: offset % 2, offset };
  return { ...aJudgedEvent({ source }), appendedAt: Date.now(), event, ...judged };
}

function visits(count: number): readonly JudgedEvent[] {
  const types = ['product_viewed', 'product_added', 'checkout_started', 'order_completed'] as const;
  return Array.from({ length: count }, (_, nth) =>
    record({
      type: types[nth % 4] ?? 'custom',
      anonymousId: `user-${nth % 17}`,
      sessionId: nth % 3 === 0 ? null : `s-${nth % 5}`,
      eventAt: noon + ((nth * 7919) % 3000) * 60_000,
      currency: 'USD',
    }),
  );
}

async function publish(topic: string, records: readonly JudgedEvent[]): Promise<void> {
  for (const partition of [0, 1]) {
    const mine = records.filter((one) => one.source.partition === partition);
    if (mine.length > 0) await kafka.append(topic, partition, mine.map(codec.encode));
  }
}

/** Resolves when the group has committed all there is: then everything is done. */
async function processed(): Promise<void> {
  await eventually(
    async () => {
      for (const key of cleanedKeys) {
        const committed = await kafka.committed(groupOf('metrics', prefix), topics[key]);
        const ends = await kafka.admin.fetchTopicOffsets(topics[key]);
        for (const { partition, high } of ends) {
          if (Math.max(committed[partition] ?? 0, 0) < Number(high)) return false;
        }
      }
      return true;
    },
    { deadlineMs: 60_000, message: 'all records committed' },
  );
}

async function expectRightWindows(): Promise<void> {
  const { clickhouse } = database;
  const comparisons = await compareWindows({
    clickhouseUrl: addressOf('CLICKHOUSE_URL'),
    database: clickhouse.database,
    zones: new Map(),
    conversionWindowMs,
  });
  expect(comparisons.map(({ name, differ, examples }) => ({ name, differ, examples }))).toEqual([
    { name: 'channel_1m', differ: 0, examples: [] },
    { name: 'funnel_1h', differ: 0, examples: [] },
  ]);
  expect(Math.min(...comparisons.map(({ compared }) => compared))).toBeGreaterThan(10);
}

async function outcomes(): Promise<Readonly<Record<string, number>>> {
  const rows = await database.clickhouse.rows(
    'SELECT outcome, toUInt32(count()) AS events FROM events FINAL GROUP BY outcome ORDER BY outcome',
  );
  return Object.fromEntries(rows.map((row) => [row.outcome, row.events]));
}

test('records become rows and windows, and everything is committed when they stand', async () => {
  const clean = visits(300);
  await publish(topics.clean, clean);
  await publish(topics.rejected, [record({}, { outcome: 'bot', reason: 'declared_bot' })]);
  const dead = { outcome: 'dead', reason: 'not_avro', event: null } as const;
  await publish(topics.deadLetter, [record({}, { ...dead, undecoded: Buffer.from('?') })]);
  await processed();
  expect(await outcomes()).toEqual({ bot: 1, counted: 300, dead: 1 });
  await expectRightWindows();
  await publish(topics.clean, [
    ...clean.slice(0, 40),
    ...clean.slice(100, 120).map((one) => aDecision(one as DecidedEvent)),
  ]);
  await processed();
  expect(await outcomes()).toEqual({ bot: 1, counted: 280, dead: 1, rejected: 20 });
  await expectRightWindows();
});

test('killed at any time and started again it has lost and doubled nothing', async () => {
  for (const afterMs of [150, 900, 1700]) {
    await publish(topics.clean, visits(200));
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    service.kill('SIGKILL');
    await once(service, 'exit');
    service = start();
  }
  await processed();
  expect(await outcomes()).toEqual({ bot: 1, counted: 880, dead: 1, rejected: 20 });
  await expectRightWindows();
});

test('told to stop it finishes what it has taken, commits and exits 0', async () => {
  await publish(topics.clean, visits(50));
  await eventually(async () => ((await outcomes()).counted ?? 0) > 880, {
    deadlineMs: 30_000,
    message: 'the first of the rows',
  });
  const askedAt = Date.now();
  service.kill('SIGTERM');
  expect(await once(service, 'exit')).toEqual([0, null]);
  expect(Date.now() - askedAt).toBeLessThan(10_000);
  await processed();
  expect(await outcomes()).toMatchObject({ counted: 930 });
  await expectRightWindows();
});

test('the ends of the source logs are written down', async () => {
  await kafka.append(topics.cart, 1, ['a raw record']);
  service = start();
  await eventually(
    async () => {
      const [row] = await database.clickhouse.rows(
        'SELECT toUInt32(logEnd) AS logEnd FROM topic_ends FINAL WHERE topic = {topic:String} AND partition = 1',
        { topic: topics.cart },
      );
      return row?.logEnd === 1;
    },
    { deadlineMs: 30_000, message: 'the end of the cart log' },
  );
});
