import { createAssignment } from '../../../../../services/shared/runtime/consumer/assignment';
import { createPauses } from '../../../../../services/shared/runtime/consumer/pauses';
import { createMetrics } from '../../../../../services/shared/runtime/metrics';

/** What kafkajs has been told, by partition. */
function aConsumer() {
  const paused = new Set<string>();
  const names = (topics: { topic: string; partitions?: number[] }[]) =>
    topics.flatMap(({ topic, partitions = [] }) => partitions.map((one) => `${topic}/${one}`));
  const state = { running: true };
  const guard = () => {
    if (!state.running) throw new Error('Consumer group was not initialized');
  };
  return {
    paused,
    state,
    pause(topics: { topic: string; partitions?: number[] }[]) {
      guard();
      for (const name of names(topics)) paused.add(name);
    },
    resume(topics: { topic: string; partitions?: number[] }[]) {
      guard();
      for (const name of names(topics)) paused.delete(name);
    },
  };
}

function scene(assigned: Record<string, number[]>) {
  const consumer = aConsumer();
  const assignment = createAssignment();
  const metrics = createMetrics('cleaner');
  assignment.replace(assigned);
  const pauses = createPauses(consumer, assignment, { group: 'g', metrics });
  for (const one of assignment.all()) pauses.resume(one);
  const find = (topic: string, partition: number) => {
    const owned = assignment.find(topic, partition);
    if (owned === undefined) throw new Error('not assigned');
    return owned;
  };
  const told = () => [...consumer.paused].sort();
  const gauge = async (reason: string) => {
    const line = new RegExp(
      `tributary_consumer_paused\\{group="g",reason="${reason}",[^}]*\\} (\\d+)`,
    );
    return Number(line.exec(await metrics.text())?.[1]);
  };
  return { consumer, assignment, pauses, find, told, gauge };
}

test('a newly assigned partition is not fetched until it is let in', () => {
  const { assignment, pauses, told, find } = scene({ a: [0] });
  assignment.replace({ a: [0, 1] });
  pauses.apply();
  expect(told()).toEqual(['a/0', 'a/1']);
  pauses.resume(find('a', 1));
  expect(told()).toEqual(['a/0']);
});

test('a topic stays paused when one of its partitions waits and goes on', async () => {
  const { pauses, find, told, gauge } = scene({ a: [0, 1], b: [0] });
  pauses.pauseTopics(['a']);
  pauses.wait(find('a', 0), 'redis');
  expect(told()).toEqual(['a/0', 'a/1']);
  expect([await gauge('pacing'), await gauge('redis')]).toEqual([2, 1]);
  pauses.resume(find('a', 0));
  expect(told()).toEqual(['a/0', 'a/1']);
  pauses.resumeTopics(['a']);
  expect(told()).toEqual([]);
  expect([await gauge('pacing'), await gauge('redis')]).toEqual([0, 0]);
});

test('a partition that waits stays paused when its topic is taken up again', () => {
  const { pauses, find, told } = scene({ a: [0, 1] });
  pauses.wait(find('a', 1), 'kafka');
  pauses.pauseTopics(['a']);
  pauses.resumeTopics(['a']);
  expect(told()).toEqual(['a/1']);
});

test('a paused topic is paused for partitions that come later', () => {
  const { assignment, pauses, find, told } = scene({ a: [0] });
  pauses.pauseTopics(['a']);
  assignment.replace({ a: [0, 1], b: [0] });
  pauses.apply();
  for (const one of assignment.all()) pauses.resume(one);
  expect(told()).toEqual(['a/0', 'a/1']);
  expect(pauses.isPaused(find('b', 0))).toBe(false);
});

test('everything stays paused once it is', () => {
  const { pauses, find, told } = scene({ a: [0, 1] });
  pauses.pauseAll();
  pauses.resume(find('a', 0));
  pauses.resumeTopics(['a']);
  expect(told()).toEqual(['a/0', 'a/1']);
});

test('while kafkajs has no consumer group, what is paused is kept for the next join', () => {
  const { consumer, pauses, find, told } = scene({ a: [0, 1] });
  consumer.state.running = false;
  pauses.wait(find('a', 0), 'redis');
  expect(told()).toEqual([]);
  consumer.state.running = true;
  pauses.apply();
  expect(told()).toEqual(['a/0']);
});
