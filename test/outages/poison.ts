import { Partitioners } from 'kafkajs';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { madeUpIds } from '../faults/auditor';
import type { World } from './world';

/** An id that no registry of a test has given. */
const unknownId = madeUpIds;

type Kind = 'every kind' | 'unknown schema' | 'unknown schemas' | 'undecodable';

/** Records that are no events: in the click topic, between sound ones, of several kinds; or one after
 *  the other in the identity topic, in a schema that nobody has registered, or each in one of its own,
 *  or cut off in a schema that everybody knows. Answers with when they were stored. */
export async function appendPoison(
  { installation: { env, topics } }: World,
  records: number,
  kind: Kind = 'every kind',
): Promise<number> {
  const brokers = (env.KAFKA_BROKERS ?? '').split(',');
  const kafka = createKafka({ clientId: 'poison', brokers, log: createLog('poison') });
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const topic = kind === 'every kind' ? topics.click : topics.identity;
  const messages = Array.from({ length: records }, (_, nth) => ({
    key: null,
    partition: kind === 'every kind' ? nth % 4 : 0,
    value: valueFor(kind, nth),
  }));
  await producer.send({ topic, messages, acks: -1 });
  const storedAt = Date.now();
  await producer.disconnect();
  return storedAt;
}

function valueFor(kind: Kind, nth: number): Buffer {
  if (kind === 'every kind') return poison(nth);
  if (kind === 'undecodable') return framed(1, 'cut');
  return framed(kind === 'unknown schema' ? unknownId : unknownId + 1 + nth, 'x');
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
