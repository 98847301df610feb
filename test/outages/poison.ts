import { Partitioners } from 'kafkajs';
import { nameOf } from '../../services/shared/domain/ledger';
import { committedOffsets } from '../../services/shared/runtime/group-offsets';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { groupOf } from '../../services/shared/runtime/topics';
import { madeUpIds } from '../faults/auditor';
import type { World } from './world';

/** Ids that no registry of a test has given: one for each call, as what was asked for once is not asked
 *  for again for a while; and one for each record, beyond those. */
const oneForAll = () => madeUpIds + Math.floor(performance.now());
const oneForEach = (nth: number) => madeUpIds + 100_000_000 + nth;

/** What was put there, and when it was stored. */
export interface Poisoned {
  readonly storedAt: number;
  /** In the first partition of its topic, where most of it is in one. */
  readonly first: number;
  readonly records: number;
}

type Kind = 'every kind' | 'unknown schema' | 'unknown schemas' | 'undecodable';

/** Records that are no events: in the click topic, between sound ones, of several kinds; or one after
 *  the other in the identity topic, in a schema that nobody has registered, or each in one of its own,
 *  or cut off in a schema that everybody knows. */
export async function appendPoison(
  { installation: { env, topics } }: World,
  records: number,
  kind: Kind = 'every kind',
): Promise<Poisoned> {
  const brokers = (env.KAFKA_BROKERS ?? '').split(',');
  const kafka = createKafka({ clientId: 'poison', brokers, log: createLog('poison') });
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const topic = kind === 'every kind' ? topics.click : topics.identity;
  const schemaId = oneForAll();
  const messages = Array.from({ length: records }, (_, nth) => ({
    key: null,
    partition: kind === 'every kind' ? nth % 4 : 0,
    value: valueFor(kind, nth, schemaId),
  }));
  const answers = await producer.send({ topic, messages, acks: -1 });
  const storedAt = Date.now();
  await producer.disconnect();
  return { storedAt, first: Number(answers[0]?.baseOffset), records };
}

function valueFor(kind: Kind, nth: number, schemaId: number): Buffer {
  if (kind === 'every kind') return poison(nth);
  if (kind === 'undecodable') return framed(1, 'cut');
  return framed(kind === 'unknown schema' ? schemaId : oneForEach(nth), 'x');
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

/** How many of those in the identity topic the cleaner is done with. */
export async function judgedOf(
  { installation: { admin, topics, groupPrefix } }: World,
  { first, records }: Poisoned,
): Promise<number> {
  const group = groupOf('cleaner', groupPrefix);
  const committed = await committedOffsets(admin, group, [topics.identity]);
  const next = committed.get(nameOf({ topic: topics.identity, partition: 0 })) ?? first;
  return Math.min(records, Math.max(0, next - first));
}

const isOfPoison =
  /^tributary_events_total\{outcome="dead",reason="(?:empty_value|not_avro|unknown_schema|undecodable)"[^}]*\} (\d+)$/gm;

/** Dead letters of bytes that are no events, as the cleaner has counted them since it runs. */
export async function deadOfPoison({ installation }: World): Promise<number> {
  const text = await (await fetch(`${await installation.url('cleaner')}/metrics`)).text();
  return [...text.matchAll(isOfPoison)].reduce((sum, [, count]) => sum + Number(count), 0);
}
