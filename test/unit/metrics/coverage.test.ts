import { assertLogsGrew, coverageTask } from '../../../services/metrics/coverage';
import type { PartitionLog } from '../../../services/shared/domain/ledger';
import { aClock } from '../../support/fake-clock';

const log = (partition: number, logEnd: number): PartitionLog => ({
  ...{ topic: 'clicks', partition, logStart: 0, logEnd },
});

test('log ends are written down when they move', async () => {
  const clock = aClock(5000);
  const written: unknown[] = [];
  let ends = [log(0, 10), log(1, 3)];
  const task = coverageTask({
    kafka: { logs: async () => ends },
    store: {
      record: async (logs, sampledAt) => void written.push([sampledAt, logs]),
      recorded: async () => [],
      lastSampledAt: async () => 0,
    },
    clock,
    everyMs: 1000,
  });
  await task.run();
  await task.run();
  ends = [log(0, 10), log(1, 4)];
  clock.advance(1000);
  await task.run();
  expect(written).toEqual([
    [5000, [log(0, 10), log(1, 3)]],
    [6000, [log(1, 4)]],
  ]);
  const history = { now: 1000, endedAt: 0, tookMs: 5 };
  expect([task.isDue(history), task.isDue({ ...history, now: 999 })]).toEqual([true, false]);
});

test('a sample of a clock that was set back is the latest all the same', async () => {
  const written: number[] = [];
  const task = coverageTask({
    kafka: { logs: async () => [log(0, 10)] },
    store: {
      record: async (_, sampledAt) => void written.push(sampledAt),
      recorded: async () => [],
      lastSampledAt: async () => 3_600_000,
    },
    clock: aClock(5000),
    everyMs: 1000,
  });
  await task.run();
  expect(written).toEqual([3_600_001]);
});

test('a sample that could not be written is written with the next one', async () => {
  const written: unknown[] = [];
  let fails = true;
  const task = coverageTask({
    kafka: { logs: async () => [log(0, 10)] },
    store: {
      async record(logs) {
        if (fails) throw new Error('away');
        written.push(logs);
      },
      recorded: async () => [],
      lastSampledAt: async () => 0,
    },
    clock: aClock(0),
    everyMs: 1000,
  });
  await expect(task.run()).rejects.toThrow('away');
  fails = false;
  await task.run();
  expect(written).toEqual([[log(0, 10)]]);
});

test.each([
  ['nothing is known', [], true],
  ['the logs grew', [log(0, 9), log(1, 3)], true],
  ['a log is as it was', [log(0, 10)], true],
  ['another installation’s topic is known', [{ ...log(0, 99), topic: 'others' }], true],
  ['a log is shorter', [log(0, 11)], false],
  ['a partition is gone', [log(7, 1)], false],
])('it is %s: starts %s', async (_, recorded, starts) => {
  const check = assertLogsGrew({
    kafka: { logs: async () => [log(0, 10), log(1, 4)] },
    store: { recorded: async () => recorded },
  });
  if (starts) await expect(check).resolves.toBeUndefined();
  else await expect(check).rejects.toThrow(/source topics are not the ones/);
});
