import { setTimeout as sleep } from 'node:timers/promises';
import { watchLoop } from '../../../../services/shared/runtime/loop-stall';

test('a turn that works is told of once, and is its own work', async () => {
  const loop = watchLoop();
  await sleep(30);
  loop.take();
  const until = process.cpuUsage().user + 120_000;
  while (process.cpuUsage().user < until);
  await sleep(30);
  const { loop: passed, work } = loop.take();
  expect(passed).toBeGreaterThan(0.08);
  expect(work).toBeGreaterThan(0.08);
  expect(work).toBeLessThanOrEqual(passed + 0.02);
});
