import { CompressionTypes, type Kafka, type Producer } from 'kafkajs';
import { drawOf } from '../../deploy/traffic/draw';
import { logBounds } from '../../services/shared/runtime/kafka';
import { rawKeys, type Topics } from '../../services/shared/runtime/topics';
import { aRecord, type RecordTools } from './record-grammar';

const batchSize = 500;
const compressions = [
  CompressionTypes.None,
  CompressionTypes.GZIP,
  CompressionTypes.Snappy,
  CompressionTypes.LZ4,
];

export interface AppendOptions {
  readonly kafka: Kafka;
  readonly topics: Topics;
  /** Of each raw topic. */
  readonly partitions: number;
  readonly tools: RecordTools;
  readonly seed: number;
  readonly records: number;
  /** Told how many records were appended so far, now and then. */
  readonly onProgress?: (records: number) => void;
}

/** Appends seeded records to the raw topics, as other producers would, in batches compressed by each
 *  of the ways there are. The record with a number is the same in every run of the seed. */
export async function appendRecords(options: AppendOptions): Promise<void> {
  const { kafka, records, onProgress } = options;
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    // One batch is written while the next one is made.
    let sending: Promise<unknown> = Promise.resolve();
    for (let from = 0; from < records; from += batchSize) {
      if (from % 50_000 === 0) onProgress?.(from);
      const next = batchAt(from, options);
      await sending;
      sending = producer.send(next);
    }
    await sending;
  } finally {
    await producer.disconnect();
  }
}

function batchAt(from: number, options: AppendOptions): Parameters<Producer['send']>[0] {
  const { topics, partitions, tools, seed, records } = options;
  const draw = drawOf(seed, from);
  const partition = draw.whole(0, partitions - 1);
  const messages = Array.from({ length: Math.min(batchSize, records - from) }, (_, nth) => ({
    ...aRecord(drawOf(seed, from + nth + 1), tools),
    partition,
  }));
  return { topic: topics[draw.pick(rawKeys)], messages, compression: draw.pick(compressions) };
}

/** Records on the raw topics, by where their logs begin and end. */
export async function recordsOn(kafka: Kafka, topics: Topics): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const bounds = await Promise.all(rawKeys.map((key) => logBounds(admin, topics[key])));
    const spans = bounds.flatMap((one) => [...one.values()]);
    return spans.reduce((sum, { low, high }) => sum + high - low, 0);
  } finally {
    await admin.disconnect();
  }
}
