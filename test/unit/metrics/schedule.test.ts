import { createSchedule, type Task } from '../../../services/metrics/schedule';
import { TransientError } from '../../../services/shared/runtime/errors';
import { aClock } from '../../support/fake-clock';
import { keepingLog } from '../../support/log-lines';

/** Lets what was started get as far as it can. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function aWorld(task: Partial<Task>) {
  const clock = aClock(1000);
  const fatal: string[] = [];
  const { log, lines } = keepingLog();
  const schedule = createSchedule({
    tasks: [{ name: 'a task', isDue: () => true, run: async () => {}, ...task }],
    clock,
    retryBaseMs: 100,
    retryMaxMs: 100,
    onFatal: (error) => fatal.push(error.message),
    log,
  });
  const said = () => lines.map(({ level, message }) => `${level}: ${message}`);
  return { clock, schedule, said, fatal };
}

test('a task never runs twice at a time, and is told how its last run went', async () => {
  const ends: (() => void)[] = [];
  const histories: unknown[] = [];
  const { clock, schedule } = aWorld({
    isDue(history) {
      histories.push({ endedAt: history.endedAt, tookMs: history.tookMs, now: history.now });
      return true;
    },
    run: () => new Promise((resolve) => ends.push(resolve)),
  });
  schedule.tick();
  clock.advance(40);
  schedule.tick();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await settled();
  clock.advance(10);
  schedule.tick();
  expect(ends).toHaveLength(2);
  expect(histories).toEqual([
    { endedAt: Number.NEGATIVE_INFINITY, tookMs: 0, now: 1000 },
    { endedAt: 1040, tookMs: 40, now: 1050 },
  ]);
});

test('what fails for a reason that passes is tried again after a rest, due or not', async () => {
  let failures = 2;
  let isDue = true;
  const blocked: (string | null)[] = [];
  const { clock, schedule, said } = aWorld({
    isDue: () => isDue,
    async run() {
      failures -= 1;
      if (failures >= 0) throw new TransientError('away', { server: 'clickhouse' });
    },
    onBlocked: (reason) => blocked.push(reason?.message ?? null),
  });
  schedule.tick();
  await settled();
  isDue = false;
  schedule.tick();
  await settled();
  expect(failures).toBe(1);
  for (let tries = 0; tries < 3; tries += 1) {
    clock.advance(100);
    schedule.tick();
    await settled();
  }
  expect(blocked).toEqual(['away', 'away', null]);
  expect(said()).toEqual(['warn: will try again', 'info: goes on']);
  expect(failures).toBe(-1);
});

test('anything else is fatal, and nothing runs afterwards', async () => {
  let runs = 0;
  const { clock, schedule, fatal } = aWorld({
    async run() {
      runs += 1;
      throw new Error('broken');
    },
  });
  schedule.tick();
  await settled();
  clock.advance(1000);
  schedule.tick();
  expect([fatal, runs]).toEqual([['broken'], 1]);
});

test('stopping waits for what runs and starts nothing more', async () => {
  let end = () => {};
  let runs = 0;
  const { schedule } = aWorld({
    run() {
      runs += 1;
      return new Promise((resolve) => {
        end = resolve;
      });
    },
  });
  schedule.tick();
  let stopped = false;
  const stopping = schedule.stop().then(() => {
    stopped = true;
  });
  await settled();
  expect(stopped).toBe(false);
  end();
  await stopping;
  schedule.tick();
  expect(runs).toBe(1);
});
