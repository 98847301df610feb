import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../services/shared/runtime/root';
import { untilDry } from '../faults/running';
import { eventually } from '../support/eventually';
import type { OutageRow } from './outage-row';
import { differences, snapshotOf } from './snapshot';
import type { World } from './world';

/** FLUSHALL twice: when nothing is on its way, so that what is rebuilt can be compared with what was
 *  there, key by key; and then in the middle of it all. */
export const emptied: OutageRow = {
  name: 'redis-emptied',
  done: 'FLUSHALL, twice, and the rebuild',
  ...{ isQuick: false, leavesTags: false },
  async run(world) {
    const { installation, redis } = world;
    await Promise.all(installation.running('collector').map((one) => one.stop()));
    await untilDry(installation);
    const before = await snapshotOf(redis);
    await redis.flushall();
    const compared = await rebuild(world);
    const faults = differences(before, await snapshotOf(redis));
    if (faults.length > 0)
      throw new Error(`${faults.length} differ: ${faults.slice(0, 5).join('; ')}`);
    await installation.start('collector').ready();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await redis.flushall();
    await saysSo(world);
    const keys = await redis.keys('*');
    if (keys.length > 0) throw new Error(`written to an emptied Redis: ${keys.slice(0, 5)}`);
    await rebuild(world);
    return `both say so and wait; ${before.size} keys equal after the first. ${compared}`;
  },
};

/** The cleaner and interests are not ready, and say why, once there is something for them to do. */
async function saysSo({ installation }: World): Promise<void> {
  const bothSay = async () => {
    const answers = (['cleaner', 'interests'] as const).map(async (service) => {
      const url = installation.running(service)[0]?.url();
      return (await fetch(`${url}/readyz`)).text();
    });
    const texts = await Promise.all(answers);
    return texts.some((text) => text.includes('npm run rebuild'));
  };
  const message = 'a service says that Redis has lost its state';
  await eventually(bothSay, { deadlineMs: 20_000, message });
}

/** The command, as an operator runs it; its last line. */
async function rebuild({ installation: { env } }: World): Promise<string> {
  const program = join(projectRoot, 'dist', 'deploy', 'rebuild', 'main.js');
  const child = spawn(process.execPath, [program, '--quiet', '2'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the rebuild failed: ${said}`);
  return said.trim().split('\n').at(-1) ?? '';
}
