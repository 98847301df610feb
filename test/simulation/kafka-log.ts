import type { OutgoingMessage } from '../../services/shared/runtime/publisher';
import type { SourceRecord } from '../../services/shared/runtime/stage';

/** Kafka's log: topics of partitions, records in order of offset. */
export interface KafkaLog {
  append(topic: string, partition: number, messages: readonly OutgoingMessage[]): void;
  /** An offset without a record, as control batches leave them. */
  skip(topic: string, partition: number): void;
  /** Records from an offset on, `most` at most. */
  read(topic: string, partition: number, from: number, most: number): readonly SourceRecord[];
  /** Calls back, once, when the partition reaches beyond this offset. */
  whenBeyond(topic: string, partition: number, offset: number, act: () => void): void;
  end(topic: string, partition: number): number;
  partitionsOf(topic: string): readonly number[];
  /** All records of a topic, partition by partition. */
  all(topic: string): readonly SourceRecord[];
}

interface Partition {
  readonly records: SourceRecord[];
  end: number;
  waiting: { readonly offset: number; readonly act: () => void }[];
}

/** `partitions` says how many each topic has. */
export function createKafkaLog(
  partitions: Readonly<Record<string, number>>,
  now: () => number,
): KafkaLog {
  const topics = new Map<string, readonly Partition[]>(
    Object.entries(partitions).map(([topic, count]) => [
      topic,
      Array.from({ length: count }, () => ({ records: [], end: 0, waiting: [] })),
    ]),
  );
  const find = (topic: string, partition: number): Partition => {
    const found = topics.get(topic)?.[partition];
    if (found === undefined) throw new Error(`there is no partition ${topic}/${partition}`);
    return found;
  };
  const wake = (one: Partition) => {
    const woken = one.waiting.filter(({ offset }) => offset < one.end);
    one.waiting = one.waiting.filter(({ offset }) => offset >= one.end);
    for (const { act } of woken) act();
  };
  return {
    append(topic, partition, messages) {
      const one = find(topic, partition);
      for (const { key, value } of messages) {
        const bytes = typeof key === 'string' ? Buffer.from(key) : key;
        const at = { topic, partition, offset: one.end, appendedAt: now() };
        one.records.push({ ...at, key: bytes, value });
        one.end += 1;
      }
      wake(one);
    },
    skip(topic, partition) {
      find(topic, partition).end += 1;
    },
    read(topic, partition, from, most) {
      const { records } = find(topic, partition);
      const start = records.findIndex(({ offset }) => offset >= from);
      return start < 0 ? [] : records.slice(start, start + most);
    },
    whenBeyond(topic, partition, offset, act) {
      const one = find(topic, partition);
      one.waiting.push({ offset, act });
    },
    end(topic, partition) {
      const last = find(topic, partition).records.at(-1);
      return last === undefined ? 0 : last.offset + 1;
    },
    partitionsOf: (topic) => (topics.get(topic) ?? []).map((_, partition) => partition),
    all: (topic) => (topics.get(topic) ?? []).flatMap(({ records }) => records),
  };
}
