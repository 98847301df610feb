import type { Kafka, Producer, ProducerRecord, RecordMetadata } from 'kafkajs';
import { FatalError, TransientError } from '../../../../services/shared/runtime/errors';
import { createPublisher, partitionOf } from '../../../../services/shared/runtime/publisher';

/** A producer whose answers the test decides; requests are kept in order. */
function fakeKafka(answer: (record: ProducerRecord) => Promise<RecordMetadata[]>) {
  const sent: string[][] = [];
  const events: string[] = [];
  const producer: Pick<Producer, 'connect' | 'send' | 'disconnect'> = {
    connect: async () => void events.push('connect'),
    disconnect: async () => void events.push('disconnect'),
    async send(record) {
      sent.push(record.messages.map((message) => String(message.value)));
      events.push(`send ${record.messages[0]?.value}`);
      return answer(record).finally(() => events.push(`answer ${record.messages[0]?.value}`));
    },
  };
  const kafka = { producer: () => producer } as unknown as Kafka;
  return { kafka, sent, events };
}

const good = ({ topic, messages }: ProducerRecord): RecordMetadata[] => [
  { topicName: topic, partition: messages[0]?.partition ?? 0, errorCode: 0, baseOffset: '0' },
];
const later = async (record: ProducerRecord) => {
  await new Promise(setImmediate);
  return good(record);
};
const messages = (...values: string[]) =>
  values.map((value) => ({ key: null, value: Buffer.from(value) }));

test.each([
  ['no answer', []],
  [
    'an answer for another partition',
    [{ topicName: 't', partition: 1, errorCode: 0, baseOffset: '5' }],
  ],
  [
    'an answer for another topic',
    [{ topicName: 'u', partition: 0, errorCode: 0, baseOffset: '5' }],
  ],
  ['an answer without an offset', [{ topicName: 't', partition: 0, errorCode: 0 }]],
  ['an offset below zero', [{ topicName: 't', partition: 0, errorCode: 0, baseOffset: '-1' }]],
  ['an error code', [{ topicName: 't', partition: 0, errorCode: 3, baseOffset: '5' }]],
])('%s is no acknowledgement, although the send resolved', async (_name, answers) => {
  const { kafka } = fakeKafka(async () => answers);
  const publisher = createPublisher({ kafka });
  await expect(publisher.publish('t', 0, messages('a'))).rejects.toThrow(TransientError);
});

test('one request in flight a partition; what waits goes together; partitions go side by side', async () => {
  const { kafka, events, sent } = fakeKafka(later);
  const publisher = createPublisher({ kafka });
  await Promise.all([
    publisher.publish('t', 0, messages('a')),
    publisher.publish('t', 0, messages('b', 'c')),
    publisher.publish('t', 1, messages('x')),
    publisher.publish('t', 0, messages('d')),
  ]);
  expect(sent).toEqual([['a'], ['x'], ['b', 'c', 'd']]);
  expect(events.slice(0, 4)).toEqual(['connect', 'send a', 'send x', 'answer a']);
  expect(events.indexOf('send b')).toBeGreaterThan(events.indexOf('answer a'));
});

test('a failed request fails its own calls and no other', async () => {
  let fails = true;
  const { kafka, sent } = fakeKafka(async (record) => {
    await new Promise(setImmediate);
    if (fails) throw new Error('connection lost');
    return good(record);
  });
  const publisher = createPublisher({ kafka });
  const first = publisher.publish('t', 0, messages('a')).catch((error: Error) => {
    fails = false;
    return error.message;
  });
  const second = publisher.publish('t', 0, messages('b'));
  expect(await first).toBe('Kafka failed while publishing to t/0: connection lost');
  await second;
  expect(sent).toEqual([['a'], ['b']]);
});

test('a split call stops at its first request that fails', async () => {
  let requests = 0;
  const { kafka, sent } = fakeKafka(async (record) => {
    requests += 1;
    if (requests === 2) throw new Error('lost');
    return good(record);
  });
  const publisher = createPublisher({ kafka, maxRequestMessages: 2 });
  const all = messages('a', 'b', 'c', 'd', 'e');
  await expect(publisher.publish('t', 0, all)).rejects.toThrow(TransientError);
  expect(sent).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

test('the byte bound counts keys and values; a larger message goes alone', async () => {
  const { kafka, sent } = fakeKafka(later);
  const publisher = createPublisher({ kafka, maxRequestBytes: 200 });
  await publisher.publish('t', 0, messages('a'.repeat(60), 'b'.repeat(60), 'c'.repeat(300), 'd'));
  expect(sent.map((request) => request.map((value) => value[0]))).toEqual([
    ['a', 'b'],
    ['c'],
    ['d'],
  ]);
});

test('an error no waiting mends is fatal', async () => {
  const { kafka } = fakeKafka(async () => {
    const cause = Object.assign(new Error('too large'), { type: 'MESSAGE_TOO_LARGE' });
    throw new Error('not retriable', { cause });
  });
  const publisher = createPublisher({ kafka });
  await expect(publisher.publish('t', 0, messages('a'))).rejects.toThrow(FatalError);
});

test('nothing to publish asks nobody', async () => {
  const { kafka, events } = fakeKafka(later);
  await createPublisher({ kafka }).publish('t', 0, []);
  expect(events).toEqual([]);
});

test('closing waits for what is in flight, then takes no more', async () => {
  const { kafka, events } = fakeKafka(later);
  const publisher = createPublisher({ kafka });
  const publishing = publisher.publish('t', 0, messages('a'));
  await publisher.close();
  await publishing;
  expect(events).toEqual(['connect', 'send a', 'answer a', 'disconnect']);
  await expect(publisher.publish('t', 0, messages('b'))).rejects.toThrow('closed');
});

test('a failed connection is tried again by the next call', async () => {
  const { kafka, events } = fakeKafka(later);
  const producer = kafka.producer();
  const connect = jest.spyOn(producer, 'connect').mockRejectedValueOnce(new Error('refused'));
  const publisher = createPublisher({ kafka });
  await expect(publisher.ready()).rejects.toThrow('Kafka failed while connecting the producer');
  await publisher.publish('t', 0, messages('a'));
  expect(connect).toHaveBeenCalledTimes(2);
  expect(events).toContain('send a');
});

/** From Kafka's own UtilsTest.testMurmur2. */
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
])('murmur2 of %s is what the Java client makes of it', (key, hash) => {
  for (const partitions of [1, 4, 7, 1000]) {
    expect(partitionOf(key, partitions)).toBe((hash & 0x7fffffff) % partitions);
    expect(partitionOf(Buffer.from(key), partitions)).toBe((hash & 0x7fffffff) % partitions);
  }
});
