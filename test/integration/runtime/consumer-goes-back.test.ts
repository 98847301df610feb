import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from '../../../services/shared/runtime/errors';
import type { RecordBatch } from '../../../services/shared/runtime/stage';
import { eventually } from '../../support/eventually';
import { type TestKafka, testKafka } from '../../support/kafka';
import { aName } from '../../support/names';

jest.setTimeout(60_000);

let kafka: TestKafka;
beforeAll(async () => {
  kafka = await testKafka();
});
afterAll(() => kafka.close());

const soon = (message: string) => ({ deadlineMs: 15_000, message });

/** A store that has effects by offset, and can lose the last of them together with the mark. */
function aStore() {
  let reached: number | null = null;
  const effects: number[] = [];
  return {
    effects,
    async stage({ records }: RecordBatch) {
      for (const { offset } of records) effects.push(offset);
    },
    reached: {
      offset: async () => reached,
      async record(places: readonly { readonly offset: number }[]) {
        reached = places[0]?.offset ?? reached;
      },
    },
    loses(from: number) {
      reached = from;
    },
  };
}

async function aTopicOf(values: readonly string[]): Promise<string> {
  const topic = await kafka.topic();
  await kafka.append(topic, 0, values);
  return topic;
}

test('a start repeats what the effects on record lack, and nothing before', async () => {
  const topic = await aTopicOf(['a', 'b', 'c', 'd', 'e']);
  const group = aName('group');
  const store = aStore();
  const options = { topics: [topic], stage: store.stage, reached: store.reached };
  const first = await kafka.consume(group, options);
  await eventually(() => store.effects.length === 5, soon('five effects'));
  await first.handle.stop();
  expect(await kafka.committed(group, topic)).toEqual({ 0: 5 });
  expect(await store.reached.offset()).toBe(5);
  store.loses(3);
  const second = await kafka.consume(group, options);
  await eventually(() => store.effects.length === 7, soon('the last two once more'));
  await kafka.append(topic, 0, ['f']);
  await eventually(() => store.effects.length === 8, soon('what comes after'));
  expect(store.effects).toEqual([0, 1, 2, 3, 4, 3, 4, 5]);
  await second.handle.stop();
});

test('what cannot be repeated any more is fatal', async () => {
  const topic = await aTopicOf(['a', 'b', 'c', 'd', 'e']);
  const group = aName('group');
  const store = aStore();
  store.loses(1);
  await kafka.admin.setOffsets({
    groupId: group,
    topic,
    partitions: [{ partition: 0, offset: '5' }],
  });
  await kafka.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
  const { fatal } = await kafka.consume(group, { topics: [topic], ...store });
  await eventually(() => fatal.length > 0, soon('a fatal error'));
  expect(fatal[0]?.message).toContain(
    `${topic}/0: effects on record reach offset 1, 5 is committed, and the log starts at 3`,
  );
  expect(store.effects).toEqual([]);
});

test('going back while it runs: what is in a stage has no effect afterwards, and all comes again', async () => {
  const topic = await aTopicOf(['a', 'b', 'c', 'd']);
  const group = aName('group');
  const store = aStore();
  let isBarred = false;
  let running = 0;
  const { handle, fatal } = await kafka.consume(group, {
    topics: [topic],
    reached: store.reached,
    async stage(batch) {
      running += 1;
      await sleep(100);
      running -= 1;
      if (isBarred) throw new TransientError('not now');
      await store.stage(batch);
    },
  });
  await eventually(
    async () => (await kafka.committed(group, topic))[0] === 4,
    soon('four effects, committed'),
  );
  await kafka.append(topic, 0, ['e', 'f']);
  await eventually(() => running === 1, soon('a batch in the stage'));
  isBarred = true;
  store.loses(2);
  await handle.startOver();
  expect(running).toBe(0);
  expect(store.effects).toEqual([0, 1, 2, 3]);
  isBarred = false;
  await eventually(() => store.effects.length >= 8, soon('the lost ones and the new ones'));
  expect(store.effects).toEqual([0, 1, 2, 3, 2, 3, 4, 5]);
  for (let round = 0; round < 5; round += 1) {
    const end = 6 + round;
    await eventually(
      async () => (await kafka.committed(group, topic))[0] === end,
      soon('all of it committed'),
    );
    store.loses(4);
    await handle.startOver();
    await kafka.append(topic, 0, ['more']);
    await eventually(() => store.effects.at(-1) === end, soon(`the record of round ${round}`));
  }
  expect(inOrder(store.effects.slice(8))).toBe(true);
  expect(fatal).toEqual([]);
});

/** Each effect follows the one before it, or is a step back to where the store begins again. */
function inOrder(effects: readonly number[]): boolean {
  return effects.every((offset, nth) => {
    const before = effects[nth - 1] ?? 5;
    return offset === before + 1 || offset === 4;
  });
}
