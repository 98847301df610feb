import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { Admin } from 'kafkajs';
import { withServers } from '../../deploy/local/servers';
import { type Random, seededRandom } from '../../deploy/replay/random';
import { setupSettings } from '../../deploy/setup/config';
import { readLags } from '../../deploy/start/lag';
import { type ServiceName, servicePlans, urlOf } from '../../deploy/start/service-plans';
import { readSettings } from '../../services/shared/runtime/config';
import { committedPlaces } from '../../services/shared/runtime/group-offsets';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { projectRoot } from '../../services/shared/runtime/root';
import { consumerSettings } from '../../services/shared/runtime/settings';
import { type GroupName, groupOf, topicsOf } from '../../services/shared/runtime/topics';
import { nearestRank } from '../support/nearest-rank';
import { type Progress, type Victim, victimOf } from './victim';

interface Flags {
  readonly seed: string;
  /** Mean time between the kills of a service, in its own measured recoveries. */
  readonly every: string;
}

const groupsOf: Readonly<Record<ServiceName, readonly GroupName[]>> = {
  collector: [],
  cleaner: ['cleaner', 'cleaner-import'],
  interests: ['interests'],
  metrics: ['metrics'],
  insights: [],
};

interface Names {
  readonly topicPrefix: string;
  readonly groupPrefix: string;
}

async function progressOf(
  admin: Admin,
  names: Names,
  groups: readonly GroupName[],
): Promise<Progress> {
  const lags = await readLags({ admin, ...names });
  const topics = Object.values(topicsOf(names.topicPrefix));
  let committed = 0;
  for (const group of groups) {
    const places = await committedPlaces(admin, groupOf(group, names.groupPrefix), topics);
    committed += places.reduce((sum, { offset }) => sum + offset, 0);
  }
  return { committed, lag: groups.reduce((sum, group) => sum + lags[group], 0) };
}

interface Killing {
  readonly random: Random;
  readonly every: number;
  readonly signal: AbortSignal;
}

/** Kills one service again and again, until it is told to end or nothing runs any more. Times between
 *  kills are exponential: no phase of its life is spared. */
async function killAgain(
  victim: Victim,
  { random, every, signal }: Killing,
): Promise<readonly number[]> {
  const recoveries: number[] = [];
  // Nothing is known of the first recovery; it is measured without a wait.
  for (let meanMs = 0; ; ) {
    await sleep(-Math.log(1 - random()) * meanMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return recoveries;
    const tookMs = await victim.kill();
    if (tookMs === 'stopped') return recoveries;
    recoveries.push(tookMs);
    meanMs = (every * recoveries.reduce((sum, one) => sum + one, 0)) / recoveries.length;
  }
}

function line(service: string, recoveries: readonly number[]): string {
  const at = (share: number) => `${((nearestRank(recoveries, share) ?? 0) / 1000).toFixed(1)} s`;
  return `${service.padEnd(10)} killed ${recoveries.length} times, works again after p50 ${at(0.5)}, p99 ${at(0.99)}, at most ${at(1)}`;
}

async function main({ seed, every }: Flags): Promise<void> {
  const env = withServers(process.env);
  const settings = readSettings({ ...setupSettings, ...consumerSettings }, env, []);
  const log = createLog('kills', { level: 'error' });
  const admin = createKafka({ clientId: 'tributary-kills', ...settings, log }).admin();
  await admin.connect();
  const folder = env.TRIBUTARY_FOLDER ?? join(projectRoot, '.tributary');
  const victims = servicePlans.map(({ name }) => {
    const groups = groupsOf[name];
    const progress = groups.length === 0 ? null : () => progressOf(admin, settings, groups);
    return victimOf({ service: name, folder, url: urlOf(name, env), progress });
  });
  const absent = victims
    .filter((victim) => typeof victim.pid() !== 'number')
    .map(({ service }) => service);
  if (absent.length > 0) throw new Error(`not running: ${absent.join(', ')}; is npm start ready?`);
  const ended = new AbortController();
  for (const word of ['SIGINT', 'SIGTERM'] as const) process.once(word, () => ended.abort());
  const all = await Promise.all(
    victims.map((victim, index) => {
      const random = seededRandom(Number(seed) + index);
      return killAgain(victim, { random, every: Number(every), signal: ended.signal });
    }),
  );
  victims.forEach(({ service }, index) => {
    process.stdout.write(`${line(service, all[index] ?? [])}\n`);
  });
  process.stdout.write(`${line('all', all.flat())}\n`);
  await admin.disconnect();
}

const program = new Command('npm run kills --')
  .description('beside a running npm start: kill -9 of its services, until Ctrl-C or its end')
  .option('--seed <n>', 'of the times between kills', '1')
  .option('--every <n>', 'mean time between the kills of a service, in its own recoveries', '3');

main(program.parse().opts<Flags>()).catch((error: Error) => {
  process.stderr.write(`kills: ${error.message}\n`);
  process.exit(1);
});
