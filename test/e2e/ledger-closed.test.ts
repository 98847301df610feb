import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Producer } from 'kafkajs';
import type { Event } from '../../services/shared/domain/event';
import type { Ledger } from '../../services/shared/domain/ledger';
import type { Codec } from '../../services/shared/runtime/codec';
import { eventCodec } from '../../services/shared/runtime/codecs';
import { topicsOf } from '../../services/shared/runtime/topics';
import { type ClickHouse, connectClickHouse } from '../../services/shared/stores/clickhouse/client';
import { anEvent } from '../support/event-builders';
import { eventually } from '../support/eventually';
import { type TestKafka, testKafka } from '../support/kafka';
import { ledgerSaying } from '../support/ledger-saying';
import { aName } from '../support/names';
import { startTestStack, type TestStack } from '../support/test-stack';

jest.setTimeout(180_000);

let stack: TestStack;
let kafka: TestKafka;
let clickhouse: ClickHouse;
let codec: Codec<Event>;
let topic: string;
const partition = 0;
beforeAll(async () => {
  stack = await startTestStack({ KAFKA_PARTITIONS: '1', METRICS_LEDGER_EVERY: '2s' });
  kafka = await testKafka();
  topic = topicsOf(stack.env.TOPIC_PREFIX).click;
  const { SCHEMA_REGISTRY_URL = '', CLICKHOUSE_URL = '', CLICKHOUSE_DATABASE = '' } = stack.env;
  codec = eventCodec({ registryUrl: SCHEMA_REGISTRY_URL, topic });
  await codec.ready();
  clickhouse = connectClickHouse({ url: CLICKHOUSE_URL, database: CLICKHOUSE_DATABASE });
});
afterAll(async () => {
  await clickhouse?.close();
  await kafka?.close();
  await stack?.stop();
});

const ledgerWhere = (what: string, isSo: (ledger: Ledger) => boolean) =>
  ledgerSaying(stack.urls.insights, what, isSo);

const messagesOf = (ids: readonly string[]) =>
  ids.map((messageId) => {
    const event = { ...anEvent({ messageId, receivedAt: Date.now() }), contentHash: null };
    return { key: 'demo:ann', partition, value: codec.encode(event) };
  });

async function inTransaction(ids: readonly string[], end: 'commit' | 'abort'): Promise<void> {
  const producer: Producer = kafka.kafka.producer({
    ...{ transactionalId: aName('transaction'), idempotent: true, maxInFlightRequests: 1 },
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: messagesOf(ids) });
  await transaction[end]();
  await producer.disconnect();
}

/** What metrics has logged about the ledger, as errors and warnings. */
function logged(): readonly Record<string, unknown>[] {
  const text = readFileSync(join(stack.folder, 'logs', 'metrics.log'), 'utf8');
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${stack.urls.metrics}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(name)) ?? '';
  return Number(line.split(' ').at(-1));
}

const rowAt = async (offset: number) => {
  const rows = await clickhouse.rows(
    'SELECT outcome, reason, messageId FROM events FINAL WHERE offset = {offset:UInt64}',
    { offset },
  );
  return rows[0];
};

const remove = (offset: number) =>
  clickhouse.command(
    `ALTER TABLE events DELETE WHERE offset = ${offset} SETTINGS mutations_sync = 1`,
  );

/** A counted row that no record stands for. */
function foreign(part: object): Promise<void> {
  const now = new Date().toISOString().replace('T', ' ').slice(0, -1);
  const times = { eventAt: now, receivedAt: now, appendedAt: now };
  const row = { tenant: 'demo', topic, partition, outcome: 'counted', reason: 'clean', ...times };
  return clickhouse.insert('events', [{ ...row, messageId: aName('foreign'), ...part }]);
}

test('offsets of control batches and aborted transactions are void, and the ledger is closed', async () => {
  await inTransaction(['m-0', 'm-1', 'm-2'], 'commit');
  await inTransaction(['a-4', 'a-5'], 'abort');
  await inTransaction(['m-7', 'm-1'], 'commit');
  // Rows may be there before the end of the log has been asked for.
  const closed = await ledgerWhere('the ledger is closed', ({ unaccounted, topics }) => {
    const here = topics.find((one) => one.topic === topic);
    return here?.last === 9 && unaccounted === 0;
  });
  expect(closed).toMatchObject({ accepted: 5, outcomes: { counted: 4, duplicate: 1 }, extra: 0 });
  expect(closed.findings).toEqual([]);
});

test('a row that is removed is reported, and made again under its first verdict', async () => {
  // A broker may write a transaction's marker after the next one's first records.
  const [again] = await clickhouse.rows("SELECT offset FROM events WHERE outcome = 'duplicate'");
  const last = Number(again?.offset);
  const [counted, duplicate] = [await rowAt(2), await rowAt(last)];
  expect([counted?.outcome, duplicate?.outcome]).toEqual(['counted', 'duplicate']);
  await remove(2);
  await remove(last);
  const resent = await ledgerWhere('the row is back', ({ unaccounted, findings }) => {
    return unaccounted === 0 && findings.length > 0;
  });
  expect(resent.findings).toMatchObject([
    { topic, partition, kind: 'resent', records: 2, offset: 2 },
  ]);
  expect([await rowAt(2), await rowAt(last)]).toEqual([counted, duplicate]);
  expect(resent).toMatchObject({ accepted: 5, outcomes: { counted: 4, duplicate: 1 }, doubled: 0 });
  const said = logged().filter(({ msg }) => String(msg).includes('sent through again'));
  expect(said).toMatchObject([2, last].map((offset) => ({ topic, partition, offset })));
});

test('rows that stand for no record are reported with their coordinates', async () => {
  const [marker] = await clickhouse.rows(
    "SELECT min(offset) AS offset FROM events WHERE outcome = 'void'",
  );
  const empty = Number(marker?.offset);
  await foreign({ offset: empty });
  await foreign({ offset: 5000 });
  await foreign({ offset: 7, partition: 77 });
  const found = await ledgerWhere('three rows too many', ({ extra }) => extra === 3);
  expect(found).toMatchObject({ accepted: 5, unaccounted: 0 });
  const wanted = [
    { topic, partition, kind: 'beyond_end', records: 1, offset: 5000 },
    { topic, partition, kind: 'same_coordinates', records: 1, offset: empty },
    { topic, partition: 77, kind: 'no_partition', records: 1, offset: 7 },
  ];
  expect(found.findings.filter(({ kind }) => kind !== 'resent')).toEqual(wanted);
  expect(found.topics.find((one) => one.topic === topic && one.partition === 0)).toMatchObject({
    ...{ extra: 2, firstExtra: empty },
  });
  const said = logged().filter(({ msg }) => String(msg).includes('stand for no record'));
  expect(said).toHaveLength(3);
  expect(said).toEqual(expect.arrayContaining(wanted.map((one) => expect.objectContaining(one))));
  expect(await metric('tributary_ledger_findings{kind="beyond_end"')).toBe(1);
  await clickhouse.command(
    `ALTER TABLE events DELETE WHERE messageId LIKE 'foreign%' SETTINGS mutations_sync = 1`,
  );
  await ledgerWhere('nothing too many', ({ extra }) => extra === 0);
});

test('a second count of a message is reported with its coordinates', async () => {
  const [row] = await clickhouse.rows('SELECT messageId, contentHash FROM events WHERE offset = 2');
  await foreign({ ...row, offset: 6000 });
  const found = await ledgerWhere('one message twice', ({ doubled, extra }) => {
    return doubled === 1 && extra === 1;
  });
  const here = found.topics.find((one) => one.topic === topic);
  expect(here).toMatchObject({ doubled: 1, firstDoubled: 6000, firstExtra: 6000 });
  await eventually(async () => (await metric('tributary_doubled_events')) === 1, {
    ...{ deadlineMs: 30_000, message: 'the metric says so' },
  });
});
