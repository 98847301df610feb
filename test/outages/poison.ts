import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import type { World } from './world';

/** An id that no registry of a test has given. */
const unknownId = 987_654;

/** Records that are no events: in the click topic, between sound ones, of several kinds; or in the
 *  identity topic, in a schema that nobody has registered. */
export async function appendPoison(
  { installation: { env, topics } }: World,
  records: number,
  kind: 'every kind' | 'unknown schema' = 'every kind',
): Promise<void> {
  const brokers = (env.KAFKA_BROKERS ?? '').split(',');
  const kafka = createKafka({ clientId: 'poison', brokers, log: createLog('poison') });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const topic = kind === 'unknown schema' ? topics.identity : topics.click;
  const messages = Array.from({ length: records }, (_, nth) => ({
    key: null,
    partition: kind === 'unknown schema' ? 0 : nth % 4,
    value: kind === 'unknown schema' ? framed(unknownId, 'x') : poison(nth),
  }));
  await producer.send({ topic, messages, acks: -1 });
  await producer.disconnect();
}

function poison(nth: number): Buffer {
  const kinds = [Buffer.of(), Buffer.from('{"not":"avro"}'), Buffer.of(0, 0, 0), framed(1, 'cut')];
  return kinds[nth % kinds.length] ?? Buffer.of();
}

function framed(schemaId: number, body: string): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(schemaId, 1);
  return Buffer.concat([header, Buffer.from(body)]);
}

/** Records in the dead-letter topic. */
export async function deadLetters({ installation: { admin, topics } }: World): Promise<number> {
  const partitions = await admin.fetchTopicOffsets(topics.deadLetter);
  return partitions.reduce((sum, { high }) => sum + Number(high), 0);
}
