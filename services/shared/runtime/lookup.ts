import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { nameOf, type OffsetRange } from '../domain/ledger';
import { kafkaFailure } from './kafka';
import type { SourceRecord } from './stage';

export interface LookedUp {
  /** The records that there are at these offsets. */
  readonly records: readonly SourceRecord[];
  /** Offsets at which there is none: control batches, aborted transactions, compaction. */
  readonly voids: readonly OffsetRange[];
}

export interface LookupOptions {
  readonly kafka: Kafka;
  /** The group that reads is called by this and a name of its own; it commits nothing. */
  readonly groupPrefix: string;
  /** What was not reached by then is in neither list, as in a transaction that is still open. */
  readonly timeoutMs?: number;
}

/** What Kafka has at these offsets, which must lie within the log; ranges of one partition in order.
 *  Reads only what is committed, as every consumer here does. TransientError where no broker answers. */
export async function lookUp(
  wanted: readonly OffsetRange[],
  { kafka, groupPrefix, timeoutMs = 20_000 }: LookupOptions,
): Promise<LookedUp> {
  if (wanted.length === 0) return { records: [], voids: [] };
  const consumer = kafka.consumer({
    groupId: `${groupPrefix}${randomUUID()}`,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 100,
    retry: { retries: 2 },
  });
  const reader = createReader(wanted, (to) => consumer.seek(to));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  try {
    await start(consumer, wanted, reader);
    await Promise.race([reader.done, late]);
  } catch (error) {
    throw kafkaFailure(error, 'looking records up');
  } finally {
    clearTimeout(timer);
    await consumer.disconnect().catch(() => undefined);
  }
  return reader.found();
}

async function start(
  consumer: Consumer,
  wanted: readonly OffsetRange[],
  reader: Reader,
): Promise<void> {
  const names = new Set(wanted.map(nameOf));
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
      const others = partitions.filter((partition) => !names.has(nameOf({ topic, partition })));
      if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
    }
    reader.begin();
  });
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    // Empty to the last: says nothing of what lies before the end, such as an open transaction.
    if (payload.firstOffset === null) return;
    reader.reached(payload, Number(payload.lastOffset) + 1);
  });
  await consumer.connect();
  await consumer.subscribe({
    topics: [...new Set(wanted.map(({ topic }) => topic))],
    fromBeginning: true,
  });
  await consumer.run({ autoCommit: false, eachBatch: reader.take });
}

interface Reader {
  begin(): void;
  take(payload: EachBatchPayload): Promise<void>;
  /** Everything of the partition below this offset has been delivered, where there was anything. */
  reached(at: { readonly topic: string; readonly partition: number }, offset: number): void;
  found(): LookedUp;
  readonly done: Promise<void>;
}

function createReader(
  wanted: readonly OffsetRange[],
  seek: (to: { topic: string; partition: number; offset: string }) => void,
): Reader {
  const records: SourceRecord[] = [];
  const read = new Set<OffsetRange>();
  const next = (name: string) => wanted.find((one) => nameOf(one) === name && !read.has(one));
  let finish = (): void => {};
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const go = ({ topic, partition, from }: OffsetRange) =>
    seek({ topic, partition, offset: String(from) });
  return {
    done,
    begin() {
      for (const name of new Set(wanted.map(nameOf))) {
        const range = next(name);
        if (range !== undefined) go(range);
      }
    },
    async take({ batch: { topic, partition, messages } }) {
      for (const { offset, timestamp, key, value } of messages) {
        const at = { topic, partition, offset: Number(offset) };
        if (!wanted.some((range) => isWithin(at, range))) continue;
        const copy = (bytes: Buffer | null) => (bytes === null ? null : Buffer.from(bytes));
        records.push({ ...at, appendedAt: Number(timestamp), key: copy(key), value: copy(value) });
      }
    },
    reached(at, offset) {
      for (let range = next(nameOf(at)); range !== undefined; range = next(nameOf(at))) {
        if (range.to > offset) {
          if (range.from > offset) go(range);
          break;
        }
        read.add(range);
      }
      if (read.size === wanted.length) finish();
    },
    found: () => ({ records: once(records), voids: voidsOf([...read], records) }),
  };
}

function isWithin(
  { topic, partition, offset }: Pick<SourceRecord, 'topic' | 'partition' | 'offset'>,
  range: OffsetRange,
): boolean {
  return (
    range.topic === topic &&
    range.partition === partition &&
    offset >= range.from &&
    offset < range.to
  );
}

/** Without those that a rebalance delivered again. */
function once(records: readonly SourceRecord[]): readonly SourceRecord[] {
  return [...new Map(records.map((one) => [`${nameOf(one)}/${one.offset}`, one])).values()];
}

/** What lies between the records of ranges that were read to their end. */
function voidsOf(
  ranges: readonly OffsetRange[],
  records: readonly SourceRecord[],
): readonly OffsetRange[] {
  return ranges.flatMap(({ topic, partition, from, to }) => {
    const range = { topic, partition, from, to };
    const offsets = records.filter((one) => isWithin(one, range)).map(({ offset }) => offset);
    const bounds = [from - 1, ...offsets.sort((a, b) => a - b), to];
    return bounds.flatMap((bound, nth) => {
      const end = bounds[nth + 1] ?? bound;
      return end > bound + 1 ? [{ topic, partition, from: bound + 1, to: end }] : [];
    });
  });
}
