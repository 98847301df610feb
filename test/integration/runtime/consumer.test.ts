import { TransientError } from '../../../services/shared/runtime/errors';
import type { Stage } from '../../../services/shared/runtime/stage';
import { eventually } from '../../support/eventually';
import { quickSettings, type TestKafka, testKafka } from '../../support/kafka';
import { aName } from '../../support/names';

jest.setTimeout(60_000);

let kafka: TestKafka;
beforeAll(async () => {
  kafka = await testKafka();
});
afterAll(() => kafka.close());

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => String(from + at));

/** A stage that keeps what it was given, by partition. */
function keeping(): { stage: Stage; seen: string[]; offsets: number[] } {
  const seen: string[] = [];
  const offsets: number[] = [];
  const stage: Stage = async ({ records }) => {
    seen.push(...records.map((record) => String(record.value)));
    offsets.push(...records.map((record) => record.offset));
  };
  return { stage, seen, offsets };
}

const soon = (message: string) => ({ deadlineMs: 15_000, message });

test('every record comes once and in order, with its append time, and the end is committed', async () => {
  const topic = await kafka.topic(2, { 'message.timestamp.type': 'LogAppendTime' });
  const group = aName('group');
  const before = Date.now();
  await kafka.append(topic, 0, numbers(0, 300));
  await kafka.append(topic, 1, numbers(300, 500));
  const seen: Record<number, string[]> = { 0: [], 1: [] };
  const times: number[] = [];
  const { handle } = await kafka.consume(group, {
    topics: [topic],
    stage: async ({ partition, records }) => {
      seen[partition]?.push(...records.map((record) => String(record.value)));
      times.push(...records.map((record) => record.appendedAt));
    },
  });
  await eventually(() => times.length === 500, soon('500 records'));
  expect(seen).toEqual({ 0: numbers(0, 300), 1: numbers(300, 500) });
  expect(Math.min(...times)).toBeGreaterThanOrEqual(before - 1000);
  await eventually(
    async () => JSON.stringify(await kafka.committed(group, topic)) === '{"0":300,"1":200}',
    soon('both ends committed'),
  );
  expect(handle.ready()).toEqual({ ok: true });
  expect(handle.live()).toEqual({ ok: true });
});

test('nothing is committed before its stage resolved', async () => {
  const topic = await kafka.topic();
  const group = aName('group');
  await kafka.append(topic, 0, ['a', 'b']);
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = false;
  await kafka.consume(group, {
    topics: [topic],
    stage: async () => {
      begun = true;
      await gate;
    },
  });
  await eventually(() => begun, soon('the stage begins'));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = await kafka.committed(group, topic);
  release();
  expect(before).toEqual({ 0: 0 });
  await eventually(async () => (await kafka.committed(group, topic))[0] === 2, soon('a commit'));
});

test('what was not committed is delivered again to the next member', async () => {
  const topic = await kafka.topic();
  const group = aName('group');
  await kafka.append(topic, 0, ['a', 'b', 'c']);
  const first = await kafka.consume(group, {
    topics: [topic],
    stage: () => Promise.reject(new Error('a bug')),
  });
  await eventually(() => first.fatal.length === 1, soon('the first member fails'));
  expect(first.fatal[0]?.message).toBe('a bug');
  expect(first.handle.live()).toEqual({ ok: false, why: 'a bug' });
  await first.handle.stop();
  expect(await kafka.committed(group, topic)).toEqual({ 0: 0 });
  const second = keeping();
  await kafka.consume(group, { topics: [topic], stage: second.stage });
  await eventually(() => second.seen.length === 3, soon('all three again'));
  expect(second.seen).toEqual(['a', 'b', 'c']);
});

test('a passing failure pauses its partition alone, and the same batch comes again', async () => {
  const topic = await kafka.topic(2);
  const group = aName('group');
  await kafka.append(topic, 0, ['a0', 'a1']);
  await kafka.append(topic, 1, ['b0']);
  let down = true;
  const seen: string[] = [];
  let refused = 0;
  const labels = `group="${group}",reason="redis",service="test"`;
  const pausedForRedis = `tributary_consumer_paused{${labels}}`;
  const { metrics, handle, fatal } = await kafka.consume(group, {
    topics: [topic],
    stage: async ({ partition, records }) => {
      if (partition === 0 && down) {
        refused += 1;
        throw new TransientError('Redis is down', { server: 'redis' });
      }
      seen.push(...records.map((record) => String(record.value)));
    },
  });
  await eventually(() => refused >= 3, soon('three tries'));
  await kafka.append(topic, 1, ['b1', 'b2']);
  await eventually(() => seen.includes('b2'), soon('the other partition goes on'));
  expect(handle.live()).toEqual({ ok: true });
  await eventually(
    async () => (await metrics.text()).includes(`${pausedForRedis} 1`),
    soon('the pause shows'),
  );
  down = false;
  await eventually(() => seen.includes('a1'), soon('the partition goes on'));
  expect(seen.filter((value) => value.startsWith('a'))).toEqual(['a0', 'a1']);
  await eventually(
    async () => JSON.stringify(await kafka.committed(group, topic)) === '{"0":2,"1":3}',
    soon('both ends committed'),
  );
  expect(fatal).toEqual([]);
  expect(await metrics.text()).toContain(`${pausedForRedis} 0`);
});

test('marked: offsets are committed as far as the service says, and no further than the stage', async () => {
  const topic = await kafka.topic();
  const group = aName('group');
  await kafka.append(topic, 0, numbers(0, 10));
  const { stage, seen } = keeping();
  const { handle } = await kafka.consume(group, { topics: [topic], stage, commit: 'marked' });
  await eventually(() => seen.length === 10, soon('ten records'));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await kafka.committed(group, topic)).toEqual({ 0: -1 });
  handle.mark(topic, 0, 4);
  await eventually(async () => (await kafka.committed(group, topic))[0] === 4, soon('4'));
  handle.mark(topic, 0, 3);
  handle.mark(topic, 0, 99);
  await eventually(async () => (await kafka.committed(group, topic))[0] === 10, soon('10'));
  await handle.stop();
  expect(await kafka.committed(group, topic)).toEqual({ 0: 10 });
});

test('stopping lets the running stage finish, drains, commits and leaves the group', async () => {
  const topic = await kafka.topic();
  const group = aName('group');
  await kafka.append(topic, 0, ['a']);
  const steps: string[] = [];
  const { handle } = await kafka.consume(group, {
    topics: [topic],
    settings: { ...quickSettings, commitEveryMs: 60_000 },
    stage: async () => {
      steps.push('begun');
      await new Promise((resolve) => setTimeout(resolve, 700));
      steps.push('done');
    },
    onDrained: async () => void steps.push('drained'),
  });
  await eventually(() => steps.length === 1, soon('the stage begins'));
  const startedAt = Date.now();
  await handle.stop();
  expect(steps).toEqual(['begun', 'done', 'drained']);
  expect(Date.now() - startedAt).toBeLessThan(30_000);
  expect(await kafka.committed(group, topic)).toEqual({ 0: 1 });
  const { groups } = await kafka.admin.describeGroups([group]);
  expect(groups[0]?.members).toEqual([]);
});

test('a second member takes over partitions; nothing is lost and the first is told', async () => {
  const topic = await kafka.topic(4);
  const group = aName('group');
  const first = keeping();
  const lost: number[] = [];
  const one = await kafka.consume(group, { topics: [topic], stage: first.stage });
  one.handle.onLost((_topic, partition) => lost.push(partition));
  for (const partition of [0, 1, 2, 3]) await kafka.append(topic, partition, numbers(0, 50));
  await eventually(() => first.seen.length === 200, soon('200 records'));
  const second = keeping();
  const two = await kafka.consume(group, { topics: [topic], stage: second.stage });
  await eventually(() => lost.length === 2, soon('two partitions lost'));
  await eventually(() => two.handle.ready().ok, soon('the second is ready'));
  for (const partition of [0, 1, 2, 3]) await kafka.append(topic, partition, numbers(50, 100));
  await eventually(
    () => first.seen.length + second.seen.length >= 400,
    soon('400 records between the two'),
  );
  expect(second.seen.filter((value) => Number(value) >= 50)).toHaveLength(100);
  await one.handle.stop();
  await kafka.append(topic, lost[0] === 0 ? 1 : 0, ['last']);
  await eventually(() => second.seen.includes('last'), soon('the second has all'));
  expect([...one.fatal, ...two.fatal]).toEqual([]);
});

test('a stage that outlasts the session keeps its partition', async () => {
  const topic = await kafka.topic();
  const group = aName('group');
  await kafka.append(topic, 0, ['a']);
  let runs = 0;
  let stale: boolean | undefined;
  await kafka.consume(group, {
    topics: [topic],
    stage: async (batch) => {
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, 8000));
      stale = batch.isStale();
    },
  });
  await eventually(async () => (await kafka.committed(group, topic))[0] === 1, soon('a commit'));
  expect({ runs, stale }).toEqual({ runs: 1, stale: false });
});

test('whole topics can be paused and taken up again, also while one of their partitions waits', async () => {
  const topic = await kafka.topic(2);
  const other = await kafka.topic();
  const group = aName('group');
  const seen: string[] = [];
  let down = true;
  const { handle } = await kafka.consume(group, {
    topics: [topic, other],
    stage: async ({ records, partition, topic: from }) => {
      if (from === topic && partition === 0 && down) throw new TransientError('down');
      seen.push(...records.map((record) => String(record.value)));
    },
  });
  await kafka.append(topic, 0, ['a0']);
  await new Promise((resolve) => setTimeout(resolve, 300));
  handle.pause([topic]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  down = false;
  await kafka.append(topic, 1, ['b0']);
  await kafka.append(other, 0, ['c0']);
  await eventually(() => seen.includes('c0'), soon('the other topic'));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(seen).toEqual(['c0']);
  expect(handle.live()).toEqual({ ok: true });
  handle.resume([topic]);
  await eventually(() => seen.length === 3, soon('the paused topic'));
  expect([...seen].sort()).toEqual(['a0', 'b0', 'c0']);
});
