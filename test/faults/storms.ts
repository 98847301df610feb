import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, seededRandom } from '../../deploy/replay/random';
import { consumers, everyService, oneProcess, untilDry } from './case-run';
import { type Comparison, compare } from './compare';
import { createHerd, type Herd } from './herd';
import type { Installation } from './installation';
import { aStream, send } from './stream';

export interface StormResult extends Comparison {
  readonly name: StormName;
  /** Kills, stalls and errors. */
  readonly faultsMet: number;
  readonly kills: number;
  /** From the end of the storm to the time when no group had anything left to do. */
  readonly zeroLagMs: number;
}

/** What is done to the services while events come. Each returns when its time is over. */
const storms = {
  /** One process of each; a random one is killed every second or so, and each fails by itself. */
  async kills(herd: Herd, until: number) {
    await every(1500, until, async () => herd.killOne(everyService));
  },
  /** Two of each; a random one is killed, and the others take its partitions. */
  async pairs(herd: Herd, until: number) {
    for (const service of everyService) herd.want(service, 2);
    await every(3000, until, async () => herd.killOne(everyService));
  },
  /** Members come and go every three seconds. */
  async rebalances(herd: Herd, until: number, random: Random) {
    await every(3000, until, async () => {
      const service = consumers[Math.floor(random() * consumers.length)] ?? 'cleaner';
      const processes = 1 + Math.floor(random() * 3);
      herd.want(service, processes);
      await herd.leave(service);
    });
  },
  /** Two of each; one after the other is told to stop and started again. */
  async rolling(herd: Herd, until: number, _random: Random, installation: Installation) {
    for (const service of everyService) herd.want(service, 2);
    await sleep(4000);
    while (Date.now() < until) {
      for (const service of everyService) {
        const [oldest] = installation.running(service);
        await oldest?.stop();
        await installation.running(service).at(-1)?.ready();
        await sleep(500);
      }
    }
  },
} as const;

export type StormName = keyof typeof storms;
export const stormNames = Object.keys(storms) as readonly StormName[];
export const stormTenant = (name: StormName) => `storm-${name}`;

export interface StormOptions {
  readonly name: StormName;
  readonly seed: number;
  readonly ms: number;
}

/** One storm over all services while events come, then calm; and everything against the oracle. */
export async function runStorm(
  installation: Installation,
  { name, seed, ms }: StormOptions,
): Promise<StormResult> {
  const tenant = installation.tenant(stormTenant(name));
  const random = seededRandom(seed);
  await calm(installation);
  const before = faultsMet(installation);
  const herd = createHerd(installation, random, { armed: name !== 'rolling' });
  for (const service of everyService) herd.want(service, 1);
  const until = Date.now() + ms;
  const requests = aStream({ tenant, people: Math.ceil(ms / 200), seed });
  const collectorUrl = () => installation.url('collector');
  const sending = send(requests, { tenant: tenant.name, collectorUrl, pauseMs: 40, until });
  sending.catch(() => {});
  await storms[name](herd, until, random, installation);
  herd.stop();
  await calm(installation);
  const messageIds = await sending;
  const endedAt = Date.now();
  const dryAt = await untilDry(installation, 180_000);
  const comparison = await compare(installation, { tenant, messageIds });
  return {
    ...comparison,
    name,
    kills: herd.kills(),
    faultsMet: faultsMet(installation) - before + herd.kills(),
    zeroLagMs: dryAt - endedAt,
  };
}

async function every(ms: number, until: number, act: () => Promise<void>): Promise<void> {
  while (Date.now() < until) {
    await sleep(ms);
    await act();
  }
}

/** One process of each service, none of which will fail. */
async function calm(installation: Installation): Promise<void> {
  await Promise.all(
    everyService.flatMap((service) => installation.running(service).map((one) => one.stop())),
  );
  await Promise.all(everyService.map((service) => oneProcess(installation, service)));
}

function faultsMet({ processes }: Installation): number {
  return processes.reduce((sum, one) => sum + one.faults().length, 0);
}

export function stormLine(result: StormResult): string {
  const { name, faults, faultsMet: met, kills, zeroLagMs } = result;
  const { accepted, redelivered, lost, doubled } = result;
  const line = [
    faults.length === 0 ? 'ok  ' : 'FAIL',
    name.padEnd(12),
    `${met} faults, ${kills} of them kills from outside`,
    `zero lag ${(zeroLagMs / 1000).toFixed(1)} s after the storm`,
    `accepted ${accepted}`,
    `delivered again ${redelivered}`,
    `lost ${lost}`,
    `doubled ${doubled}`,
  ].join('  ');
  return [line, ...faults.slice(0, 10).map((fault) => `       ${fault}`)].join('\n');
}
