import type { Kafka } from 'kafkajs';
import { TransientError } from '../../../../services/shared/runtime/errors';
import { lookUp } from '../../../../services/shared/runtime/lookup';

interface Log {
  /** Offsets at which there is a record; between them there are control batches. */
  readonly records: readonly number[];
  /** Consumers get no further than this: the end, or a transaction that is open. */
  readonly end: number;
}

type Listener = (event: { payload: unknown }) => void;
type Place = { topic: string; partition: number };

const topic = 'clicks';

/** A consumer as kafkajs has it, of logs of one topic; delivers `atOnce` offsets a batch, and joins its
 *  group again after the first where it is told so. */
function aKafka(logs: readonly Log[], { atOnce = 3, rejoins = false, fails = false } = {}) {
  const listeners = new Map<string, Listener>();
  const positions = logs.map(() => 0);
  const paused = new Set<number>();
  const delivered: string[] = [];
  let isOpen = true;
  let batches = 0;
  let consumers = 0;
  const emit = (event: string, payload: unknown) => listeners.get(event)?.({ payload });
  const join = () => emit('join', { memberAssignment: { [topic]: logs.map((_, nth) => nth) } });

  async function deliver(eachBatch: (payload: unknown) => Promise<void>): Promise<void> {
    while (isOpen) {
      for (const [partition, { records, end }] of logs.entries()) {
        const from = positions[partition] ?? 0;
        const to = Math.min(end, from + atOnce);
        if (paused.has(partition) || from >= to) continue;
        positions[partition] = to;
        const offsets = records.filter((offset) => offset >= from && offset < to);
        delivered.push(...offsets.map((offset) => `${partition}/${offset}`));
        const messages = offsets.map((offset) => ({
          ...{ offset: String(offset), timestamp: '5', key: null },
          value: Buffer.from(`value ${offset}`),
        }));
        if (messages.length > 0) await eachBatch({ batch: { topic, partition, messages } });
        batches += 1;
        if (rejoins && batches === 1) join();
        else emit('end', { topic, partition, firstOffset: `${from}`, lastOffset: `${to - 1}` });
      }
      await new Promise(setImmediate);
    }
  }

  const consumer = {
    events: { GROUP_JOIN: 'join', END_BATCH_PROCESS: 'end' },
    on: (event: string, listener: Listener) => void listeners.set(event, listener),
    async connect() {
      if (fails) throw new Error('nobody answers');
    },
    subscribe: async () => {},
    async run({ eachBatch }: { eachBatch: (payload: unknown) => Promise<void> }) {
      join();
      void deliver(eachBatch);
    },
    pause: (topics: readonly { partitions: readonly number[] }[]) => {
      for (const partition of topics.flatMap(({ partitions }) => partitions)) paused.add(partition);
    },
    seek({ partition, offset }: Place & { offset: string }) {
      positions[partition] = Number(offset);
    },
    async disconnect() {
      isOpen = false;
    },
  };
  const kafka = {
    consumer() {
      consumers += 1;
      return consumer;
    },
  } as unknown as Kafka;
  return { kafka, delivered, isOpen: () => isOpen, consumers: () => consumers };
}

const range = (from: number, to: number, partition = 0) => ({ topic, partition, from, to });
const options = { groupPrefix: 'test-', timeoutMs: 200 };

test('what there is at offsets, and what there is not', async () => {
  const world = aKafka([{ records: [0, 1, 2, 3, 4, 6, 8, 9], end: 10 }]);
  const { records, voids } = await lookUp([range(3, 8)], { ...options, kafka: world.kafka });
  expect(records.map(({ offset, value }) => [offset, String(value)])).toEqual([
    [3, 'value 3'],
    [4, 'value 4'],
    [6, 'value 6'],
  ]);
  expect(voids).toEqual([range(5, 6), range(7, 8)]);
  expect(world.isOpen()).toBe(false);
});

test('only what is wanted is read: other partitions are not, nor what lies between two ranges', async () => {
  const whole = Array.from({ length: 100 }, (_, offset) => offset);
  const world = aKafka([
    { records: whole, end: 100 },
    { records: whole, end: 100 },
  ]);
  const wanted = [range(10, 12), range(80, 82)];
  const { records, voids } = await lookUp(wanted, { ...options, kafka: world.kafka });
  expect(records.map(({ offset }) => offset)).toEqual([10, 11, 80, 81]);
  expect(voids).toEqual([]);
  expect(world.delivered.filter((place) => place.startsWith('1/'))).toEqual([]);
  expect(world.delivered.length).toBeLessThan(12);
});

test('what cannot be read yet, as in an open transaction, is neither a record nor void', async () => {
  const world = aKafka([
    { records: [0, 1], end: 2 },
    { records: [0], end: 3 },
  ]);
  const wanted = [range(0, 4), range(0, 3, 1)];
  const { records, voids } = await lookUp(wanted, { ...options, kafka: world.kafka });
  expect(records.map(({ partition, offset }) => [partition, offset])).toEqual(
    expect.arrayContaining([[1, 0]]),
  );
  expect(voids).toEqual([range(1, 3, 1)]);
});

test('a record that a rebalance delivers again is there once', async () => {
  const world = aKafka([{ records: [0, 1, 2, 3], end: 4 }], { rejoins: true });
  const { records, voids } = await lookUp([range(0, 4)], { ...options, kafka: world.kafka });
  expect(records.map(({ offset }) => offset)).toEqual([0, 1, 2, 3]);
  expect(voids).toEqual([]);
  expect(world.delivered.length).toBeGreaterThan(4);
});

test('where no broker answers it is a failure that passes, and nothing is left open', async () => {
  const world = aKafka([], { fails: true });
  const looking = lookUp([range(0, 1)], { ...options, kafka: world.kafka });
  await expect(looking).rejects.toThrow(TransientError);
  expect(world.isOpen()).toBe(false);
});

test('nothing wanted: Kafka is not asked', async () => {
  const world = aKafka([]);
  const found = await lookUp([], { ...options, kafka: world.kafka });
  expect({ found, consumers: world.consumers() }).toEqual({
    found: { records: [], voids: [] },
    consumers: 0,
  });
});
