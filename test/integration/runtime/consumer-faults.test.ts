import { CompressionTypes } from 'kafkajs';
import { startConsumer } from '../../../services/shared/runtime/consumer';
import { FatalError } from '../../../services/shared/runtime/errors';
import { createMetrics } from '../../../services/shared/runtime/metrics';
import type { Stage } from '../../../services/shared/runtime/stage';
import { eventually } from '../../support/eventually';
import { quickSettings, type TestKafka, testKafka } from '../../support/kafka';
import { keepingLog } from '../../support/log-lines';
import { aName } from '../../support/names';

jest.setTimeout(60_000);

let kafka: TestKafka;
beforeAll(async () => {
  kafka = await testKafka();
});
afterAll(() => kafka.close());

const soon = (message: string) => ({ deadlineMs: 15_000, message });
const nothing = async () => {};

async function commitOffset(group: string, topic: string, offset: string): Promise<void> {
  await kafka.admin.setOffsets({ groupId: group, topic, partitions: [{ partition: 0, offset }] });
}

async function deleteBelow(topic: string, offset: string): Promise<boolean> {
  await kafka.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
  return true;
}

test('a committed offset below the log start stops the consumer before it reads anything', async () => {
  const topic = await kafka.topic();
  const group = aName('group');
  await kafka.append(topic, 0, ['a', 'b', 'c', 'd']);
  await commitOffset(group, topic, '1');
  await deleteBelow(topic, '3');
  let batches = 0;
  const { fatal, handle } = await kafka.consume(group, {
    topics: [topic],
    stage: async () => {
      batches += 1;
    },
  });
  await eventually(() => fatal.length > 0, soon('a fatal error'));
  expect(fatal[0]).toBeInstanceOf(FatalError);
  expect(fatal[0]?.message).toContain(
    `${topic}/0: group ${group} committed offset 1, but the log starts at 3. Retention deleted`,
  );
  expect(fatal[0]?.message).toContain('--reset-offsets --to-earliest');
  expect(batches).toBe(0);
  expect(handle.ready().ok).toBe(false);
  expect(await kafka.committed(group, topic)).toEqual({ 0: 1 });
});

test('a committed offset beyond the end of the log stops the consumer', async () => {
  const topic = await kafka.topic();
  const group = aName('group');
  await kafka.append(topic, 0, ['a']);
  await commitOffset(group, topic, '7');
  const { fatal } = await kafka.consume(group, { topics: [topic], stage: nothing });
  await eventually(() => fatal.length > 0, soon('a fatal error'));
  expect(fatal[0]?.message).toContain('committed offset 7, but the log ends at 1. The topic was');
  expect(await kafka.committed(group, topic)).toEqual({ 0: 7 });
});

test('no committed offset although effects are on record stops the consumer', async () => {
  const topic = await kafka.topic(2);
  const group = aName('group');
  await kafka.append(topic, 0, ['a']);
  const { fatal } = await kafka.consume(group, {
    topics: [topic],
    stage: nothing,
    known: async (_topic, partition) => partition === 1,
  });
  await eventually(() => fatal.length > 0, soon('a fatal error'));
  expect(fatal[0]?.message).toContain(`${topic}/1: group ${group} has no committed offset, but`);
});

test('records that retention deletes while the consumer waits are not jumped over', async () => {
  const topic = await kafka.topic();
  const group = aName('group');
  await kafka.append(topic, 0, ['a']);
  const seen: string[] = [];
  const { fatal, handle } = await kafka.consume(group, {
    topics: [topic],
    stage: async ({ records }) => void seen.push(...records.map((one) => String(one.value))),
  });
  await eventually(() => seen.length === 1, soon('the first record'));
  handle.pause([topic]);
  await kafka.append(topic, 0, ['b', 'c', 'd']);
  await eventually(() => deleteBelow(topic, '3'), soon('records are deleted'));
  handle.resume([topic]);
  await eventually(() => fatal.length > 0, soon('a fatal error'));
  expect(fatal[0]?.message).toContain('the next record should be 1 and is 3');
  expect(seen).toEqual(['a']);
});

test('a clock that is set back an hour does not cost the group its member', async () => {
  const topic = await kafka.topic();
  const group = aName('group');
  const values: string[] = [];
  const stage: Stage = async ({ records }) =>
    void values.push(...records.map(({ value }) => String(value)));
  const { handle } = await kafka.consume(group, { topics: [topic], stage });
  const now = Date.now;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
  try {
    // Longer than a session.
    await new Promise((resolve) => setTimeout(resolve, 1.5 * quickSettings.sessionTimeoutMs));
    const { groups } = await kafka.admin.describeGroups([group]);
    expect(groups.map(({ members }) => members.length)).toEqual([1]);
    await kafka.append(topic, 0, ['a']);
    const isCommitted = async () => (await kafka.committed(group, topic))[0] === 1;
    await eventually(isCommitted, soon('the offset after it is committed'));
    expect(values).toEqual(['a']);
    await handle.stop();
  } finally {
    clock.mockRestore();
  }
});

test('the markers of transactions are gaps that mean nothing', async () => {
  const topic = await kafka.topic();
  const group = aName('group');
  const producer = kafka.kafka.producer({
    transactionalId: aName('tx'),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  const send = async (value: string, commit: boolean) => {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value, partition: 0 }] });
    await (commit ? transaction.commit() : transaction.abort());
  };
  const offsets: number[] = [];
  const { fatal } = await kafka.consume(group, {
    topics: [topic],
    stage: async ({ records }) => void offsets.push(...records.map((one) => one.offset)),
  });
  await send('a', true);
  await eventually(() => offsets.length === 1, soon('the first'));
  await send('aborted', false);
  await send('b', true);
  await eventually(() => offsets.length === 2, soon('the second'));
  await producer.disconnect();
  expect(offsets).toEqual([0, 4]);
  await eventually(async () => Number((await kafka.committed(group, topic))[0]) >= 5, soon('5'));
  expect(fatal).toEqual([]);
});

test.each([
  ['gzip', CompressionTypes.GZIP],
  ['Snappy', CompressionTypes.Snappy],
  ['LZ4', CompressionTypes.LZ4],
])('batches that others compressed with %s can be read', async (_name, compression) => {
  const topic = await kafka.topic();
  const values = Array.from({ length: 200 }, (_, at) => `value ${at} `.repeat(20));
  await kafka.producer.send({ topic, compression, messages: values.map((value) => ({ value })) });
  const seen: string[] = [];
  await kafka.consume(aName('group'), {
    topics: [topic],
    stage: async ({ records }) => void seen.push(...records.map((one) => String(one.value))),
  });
  await eventually(() => seen.length === 200, soon('200 records'));
  expect(seen).toEqual(values);
});

test('Zstandard batches can be read: the broker writes the topic so', async () => {
  const topic = await kafka.topic(1, { 'compression.type': 'zstd' });
  const values = Array.from({ length: 200 }, (_, at) => `value ${at} `.repeat(20));
  await kafka.append(topic, 0, values);
  const seen: string[] = [];
  await kafka.consume(aName('group'), {
    topics: [topic],
    stage: async ({ records }) => void seen.push(...records.map((one) => String(one.value))),
  });
  await eventually(() => seen.length === 200, soon('200 records'));
  expect(seen).toEqual(values);
});

test('a topic that does not exist is said at once', async () => {
  const { log } = keepingLog();
  const missing = aName('missing');
  const starting = startConsumer({
    kafka: kafka.kafka,
    groupId: aName('group'),
    topics: [missing],
    stage: nothing,
    settings: quickSettings,
    log,
    metrics: createMetrics('test'),
  });
  await expect(starting).rejects.toThrow(`${missing}; run deploy/setup first`);
});
