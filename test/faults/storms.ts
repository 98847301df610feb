import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, seededRandom } from '../../deploy/replay/random';
import type { ServiceName } from '../../deploy/start/service-plans';
import { type Comparison, compare } from './compare';
import { decideSome } from './decisions';
import { createHerd, type Herd } from './herd';
import type { Installation } from './installation';
import { consumers, everyService, oneProcess, untilDry } from './running';
import { aStream, send } from './stream';

export interface StormResult extends Comparison {
  readonly name: string;
  /** Faults by kind: those of failpoints, and `killed` from outside. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Processes that were told to stop. */
  readonly stops: number;
  /** From the end of the storm to the time when no group had anything left to do. */
  readonly zeroLagMs: number;
  /** From each kill that was alone to that time. */
  readonly recoveriesMs: readonly number[];
}

const allServices: readonly ServiceName[] = [...everyService, 'insights'];

/** What is done to the services while events come. Each returns when its time is over. */
const storms = {
  /** One process of each; a random one is killed every three seconds, and each fails by itself. More
   *  often, and they would wait for their predecessors' sessions all the time. */
  async kills(herd: Herd, until: number) {
    await every(3000, until, async () => herd.killOne(allServices));
  },
  /** Two of each; a random one is killed, and the others take its partitions. */
  async pairs(herd: Herd, until: number) {
    for (const service of allServices) herd.want(service, 2);
    await every(3000, until, async () => herd.killOne(allServices));
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
    for (const service of allServices) herd.want(service, 2);
    await sleep(4000);
    while (Date.now() < until) {
      for (const service of allServices) {
        await herd.stopOldest(service);
        await installation.running(service).at(-1)?.ready();
        await sleep(500);
      }
    }
  },
} as const;

type FreeStorm = keyof typeof storms;
const freeStorms = Object.keys(storms) as readonly FreeStorm[];
export const stormNames = [...freeStorms, 'recoveries'] as const;
export type StormName = (typeof stormNames)[number];
export const stormTenant = (name: StormName) => `storm-${name}`;

export interface StormOptions {
  readonly name: StormName;
  readonly seed: number;
  readonly ms: number;
}

/** One storm over all services while events and decisions come, then calm; and everything against
 *  the oracle. */
export function runStorm(installation: Installation, options: StormOptions): Promise<StormResult> {
  const { name } = options;
  return name === 'recoveries'
    ? runRecoveries(installation, options)
    : runFree(installation, { ...options, name });
}

async function runFree(
  installation: Installation,
  { name, seed, ms }: StormOptions & { readonly name: FreeStorm },
): Promise<StormResult> {
  const tenant = installation.tenant(stormTenant(name));
  const random = seededRandom(seed);
  await calm(installation);
  const before = faultsMet(installation);
  const herd = createHerd(installation, random, { armed: name !== 'rolling' });
  for (const service of allServices) herd.want(service, 1);
  const until = Date.now() + ms;
  const requests = aStream({ tenant, people: Math.ceil(ms / 200), seed });
  const collectorUrl = () => installation.url('collector');
  const sending = send(requests, { tenant: tenant.name, collectorUrl, pauseMs: 40, until });
  sending.catch(() => {});
  const deciding = decideSome(installation, tenant.name, requests, { deadlineMs: ms + 120_000 });
  deciding.catch(() => {});
  await storms[name](herd, until, random, installation);
  herd.stop();
  await calm(installation);
  const [messageIds, said] = await Promise.all([sending, deciding]);
  const endedAt = Date.now();
  const dryAt = await untilDry(installation, 180_000);
  const comparison = await compare(installation, { tenant, messageIds, said });
  const kinds = kindsOf([...faultsMet(installation).slice(before.length), ...herd.killed()]);
  const zeroLagMs = dryAt - endedAt;
  return { ...comparison, name, kinds, stops: herd.stops(), zeroLagMs, recoveriesMs: [] };
}

/** Requests before the next kill, a second and a half of them. */
const burst = 40;

/** One kill at a time, of a consumer at random while events come; the next one when nothing is left of
 *  the one before. */
async function runRecoveries(
  installation: Installation,
  { name, seed, ms }: StormOptions,
): Promise<StormResult> {
  const tenant = installation.tenant(stormTenant(name));
  const herd = createHerd(installation, seededRandom(seed), { armed: false });
  await calm(installation);
  for (const service of allServices) herd.want(service, 1);
  const until = Date.now() + ms;
  const requests = aStream({ tenant, people: Math.ceil(ms / 50), seed });
  const collectorUrl = () => installation.url('collector');
  const messageIds = new Set<string>();
  const recoveriesMs: number[] = [];
  for (let from = 0; Date.now() < until; from += burst) {
    const part = requests.slice(from, from + burst);
    const sending = send(part, { tenant: tenant.name, collectorUrl, pauseMs: 30 });
    sending.catch(() => {});
    await sleep(500);
    herd.killOne(consumers);
    const killedAt = Date.now();
    for (const id of await sending) messageIds.add(id);
    recoveriesMs.push((await untilDry(installation)) - killedAt);
  }
  herd.stop();
  const comparison = await compare(installation, { tenant, messageIds });
  const kinds = kindsOf(herd.killed());
  return { ...comparison, name, kinds, stops: 0, zeroLagMs: 0, recoveriesMs };
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
    allServices.flatMap((service) => installation.running(service).map((one) => one.stop())),
  );
  await Promise.all(allServices.map((service) => oneProcess(installation, service)));
}

/** Kinds of all faults that processes met, in the order in which these were started. */
function faultsMet({ processes }: Installation): readonly string[] {
  return processes.flatMap((one) => one.faults().map(({ kind }) => kind));
}

function kindsOf(faults: readonly string[]): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const kind of faults) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return kinds;
}
