import type { OutgoingMessage } from '../../../services/shared/runtime/publisher';
import type { RecordBatch, SourceRecord } from '../../../services/shared/runtime/stage';

/** A log in memory: each topic-partition a list of records. */
export function fakeKafka(appendedAt: number) {
  const partitions = new Map<string, SourceRecord[]>();
  const recordsOf = (topic: string, partition: number): SourceRecord[] => {
    const name = `${topic}/${partition}`;
    const records = partitions.get(name) ?? [];
    partitions.set(name, records);
    return records;
  };
  return {
    async publish(topic: string, partition: number, messages: readonly OutgoingMessage[]) {
      const records = recordsOf(topic, partition);
      for (const { key, value } of messages) {
        const bytes = typeof key === 'string' ? Buffer.from(key) : key;
        records.push({ topic, partition, offset: records.length, appendedAt, key: bytes, value });
      }
    },
    /** Everything from an offset on, as a consumer is given it. */
    batch(topic: string, partition: number, from = 0): RecordBatch {
      return aBatch(recordsOf(topic, partition).slice(from), { topic, partition });
    },
    records: recordsOf,
    /** What a topic holds, whatever the partition. */
    topic(topic: string): readonly SourceRecord[] {
      return [...partitions.values()].flat().filter((record) => record.topic === topic);
    },
  };
}

export function aBatch(
  records: readonly SourceRecord[],
  at: { readonly topic: string; readonly partition: number },
): RecordBatch {
  return { ...at, records, heartbeat: async () => {}, isStale: () => false };
}
