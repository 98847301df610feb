import { Partitioners } from 'kafkajs';
import { FatalError, TransientError } from '../../../services/shared/runtime/errors';
import { createKafka } from '../../../services/shared/runtime/kafka';
import {
  createPublisher,
  type Publisher,
  partitionOf,
} from '../../../services/shared/runtime/publisher';
import { eventually } from '../../support/eventually';
import { type TestKafka, testKafka } from '../../support/kafka';
import { keepingLog } from '../../support/log-lines';
import { aName } from '../../support/names';

jest.setTimeout(60_000);

let kafka: TestKafka;
let publisher: Publisher;
beforeAll(async () => {
  kafka = await testKafka();
  publisher = createPublisher({ kafka: kafka.kafka });
});
afterAll(async () => {
  await publisher.close();
  await kafka.close();
});

/** What stands in a topic, by partition, once it holds `count` records. */
async function contentOf(topic: string, count: number): Promise<Record<number, string[]>> {
  const content: Record<number, string[]> = {};
  let seen = 0;
  const { handle } = await kafka.consume(aName('group'), {
    topics: [topic],
    stage: async ({ partition, records }) => {
      content[partition] ??= [];
      content[partition].push(...records.map((one) => `${one.key ?? ''}:${one.value ?? 'null'}`));
      seen += records.length;
    },
  });
  await eventually(() => seen >= count, { deadlineMs: 15_000, message: `${count} records` });
  await handle.stop();
  return content;
}

const message = (value: string, key: string | null = null) => ({ key, value: Buffer.from(value) });

test('every message is where it was sent, in order, when publish resolves', async () => {
  const topic = await kafka.topic(3);
  const values = Array.from({ length: 1200 }, (_, at) => String(at));
  await publisher.publish(
    topic,
    1,
    values.map((value) => message(value, 'k')),
  );
  await publisher.publish(topic, 2, [{ key: null, value: null }]);
  const ends = await kafka.admin.fetchTopicOffsets(topic);
  expect(ends.map((one) => [one.partition, one.high])).toEqual(
    expect.arrayContaining([
      [0, '0'],
      [1, '1200'],
      [2, '1'],
    ]),
  );
  const content = await contentOf(topic, 1201);
  expect(content).toEqual({ 1: values.map((value) => `k:${value}`), 2: [':null'] });
});

test('calls that wait for the same partition go out together, each acknowledged', async () => {
  const topic = await kafka.topic();
  const values = Array.from({ length: 300 }, (_, at) => String(at));
  await Promise.all(values.map((value) => publisher.publish(topic, 0, [message(value)])));
  expect(await contentOf(topic, 300)).toEqual({ 0: values.map((value) => `:${value}`) });
});

test('a call larger than a request is split and stays in order', async () => {
  const topic = await kafka.topic();
  const small = createPublisher({
    kafka: kafka.kafka,
    maxRequestBytes: 2000,
    maxRequestMessages: 7,
  });
  const values = Array.from({ length: 100 }, (_, at) => `${at}-${'x'.repeat(at * 10)}`);
  await small.publish(
    topic,
    0,
    values.map((value) => message(value)),
  );
  await small.close();
  expect(await contentOf(topic, 100)).toEqual({ 0: values.map((value) => `:${value}`) });
});

test('a partition that does not exist is never acknowledged', async () => {
  const topic = await kafka.topic(2);
  const sending = publisher.publish(topic, 5, [message('a')]);
  await expect(sending).rejects.toThrow(TransientError);
  await expect(sending).rejects.toThrow(`no acknowledgement from ${topic}/5`);
});

test('a message the broker will never take is fatal, and says so', async () => {
  const topic = await kafka.topic(1, { 'max.message.bytes': '2000' });
  const sending = publisher.publish(topic, 0, [message('x'.repeat(5000))]);
  await expect(sending).rejects.toThrow(FatalError);
  await publisher.publish(topic, 0, [message('y')]);
  expect(await contentOf(topic, 1)).toEqual({ 0: [':y'] });
});

test('no broker: a passing failure, and closing does not hang', async () => {
  const { log } = keepingLog();
  const nowhere = createKafka({ clientId: 'test', brokers: ['127.0.0.1:1'], log });
  const lost = createPublisher({ kafka: nowhere });
  const failure = await lost.publish('any', 0, [message('a')]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TransientError);
  expect((failure as TransientError).server).toBe('kafka');
  await lost.close();
  await expect(lost.publish('any', 0, [message('a')])).rejects.toThrow('the publisher is closed');
});

test('a key goes to the partition the Java client would choose', () => {
  const partitioner = Partitioners.DefaultPartitioner();
  const keys = ['a', 'ab', 'abc', 'abcd', 'demo:1234567.7654321', 'ключ', '\u{1f642}'.repeat(9)];
  for (const partitions of [1, 4, 7, 64]) {
    const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
      ...{ partitionId, leader: 0, partitionErrorCode: 0, replicas: [], isr: [] },
    }));
    for (const key of keys) {
      const java = partitioner({ topic: 't', partitionMetadata, message: { key, value: null } });
      expect({ key, partition: partitionOf(key, partitions) }).toEqual({ key, partition: java });
    }
  }
});
