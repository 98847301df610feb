import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, seededRandom } from '../../deploy/replay/random';
import type { ServiceName } from '../../deploy/start/service-plans';
import { eventually } from '../support/eventually';
import { auditedDecisions } from './auditor';
import { type Comparison, compare } from './compare';
import { compareAnswers } from './compare-answers';
import { createHerd } from './herd';
import type { Installation, InstallationOptions } from './installation';
import { type ReviewCounts, Reviewers } from './reviewers';
import { untilDry } from './running';
import { aStream, type StreamRequest, send } from './stream';

const decisionsTenant = 'decisions';

/** Every second order is held, so that there is something to decide. With a partition fewer than the
 *  other topics have, a decision stands in another partition of the clean topic than its original,
 *  and may overtake it. */
export const decisionsInstallation: InstallationOptions = {
  tenantNames: [decisionsTenant],
  orderOutlier: { times: 1, sample: 5, imports: true },
  reviewPartitions: 3,
};

export interface DecisionsOptions {
  readonly seed: number;
  /** Words of reviewers that are taken. */
  readonly decisions: number;
  /** Services that are killed while they decide. */
  readonly kills: number;
}

export interface DecisionsResult extends Comparison {
  readonly counts: ReviewCounts;
  /** Taken while nothing could reach the tags. */
  readonly early: number;
  readonly kills: ReadonlyMap<ServiceName, number>;
  readonly seconds: number;
}

const services: readonly ServiceName[] = [
  'collector',
  'cleaner',
  'interests',
  'metrics',
  'insights',
];
const reviewersAtOnce = 4;
/** Shorter than the session, or the group would give the partitions of a frozen process away. */
const frozenMs = 4000;
/** Events that are taken back while interests stands still once. */
const earlyAtOnce = 6;

/** People decide on records while more of them come and services are killed; then it runs dry, and
 *  everything must be what the last decision on each record makes of it. */
export async function runDecisions(
  installation: Installation,
  options: DecisionsOptions,
): Promise<DecisionsResult> {
  const begun = Date.now();
  const tenant = installation.tenant(decisionsTenant);
  const random = seededRandom(options.seed);
  const herd = createHerd(installation, random, { armed: false });
  for (const service of services) herd.want(service, 1);
  await untilUp(installation);
  const people = Math.max(100, Math.ceil(options.decisions * 0.6));
  const requests = aStream({ tenant, people, seed: options.seed, longAgo: true });
  const traffic = createTraffic(installation, tenant.name, requests);
  const url = () => installation.url('insights');
  const reviewers = new Reviewers({ tenant: tenant.name, url, random });
  const world = { installation, options, random, traffic, reviewers, alone: oneAtATime() };
  await traffic.sendUpTo(0.2);
  const review = async () => {
    while (reviewers.done < options.decisions) await reviewers.decide(traffic.ids);
  };
  const [kills, early] = await Promise.all([
    killAll(world),
    decideEarly(world),
    flow(world),
    ...Array.from({ length: reviewersAtOnce }, review),
  ]);
  await traffic.sendUpTo(1);
  await untilUp(installation);
  herd.stop();
  await untilDry(installation, 180_000);
  await untilNothingIsAside(installation);
  const sent = { tenant, messageIds: new Set(traffic.accepted), said: reviewers.said };
  const comparison = await compare(installation, sent, async (expected) =>
    compareAnswers(await url(), tenant, expected),
  );
  const seconds = (Date.now() - begun) / 1000;
  return { ...comparison, counts: reviewers.counts, early, kills, seconds };
}

interface World {
  readonly installation: Installation;
  readonly options: DecisionsOptions;
  readonly random: Random;
  readonly traffic: Traffic;
  readonly reviewers: Reviewers;
  /** Kills and freezes never fall together. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

const progressOf = ({ reviewers, options }: World) => reviewers.done / options.decisions;

/** Sends on as far as the reviewers have come: there is traffic for as long as they decide. */
async function flow(world: World): Promise<void> {
  while (progressOf(world) < 1) {
    await world.traffic.sendUpTo(0.2 + 0.75 * progressOf(world));
    await sleep(20);
  }
}

/** Kills one service after the other, in rounds of all five in any order, spread over the decisions. */
async function killAll(world: World): Promise<ReadonlyMap<ServiceName, number>> {
  const { installation, options, random, alone } = world;
  const kills = new Map(services.map((service) => [service, 0]));
  let round: ServiceName[] = [];
  for (let nth = 0; nth < options.kills; nth += 1) {
    while (progressOf(world) < (nth + 0.5) / options.kills) await sleep(20);
    if (round.length === 0) round = [...services];
    const [service = 'cleaner'] = round.splice(Math.floor(random() * round.length), 1);
    await alone(async () => {
      await installation.url(service);
      for (const one of installation.running(service)) one.kill();
    });
    kills.set(service, (kills.get(service) ?? 0) + 1);
  }
  return kills;
}

/** Takes back events whose tags cannot be there yet, because interests stands still, up to a tenth of
 *  all decisions. Answers with how many. */
async function decideEarly(world: World): Promise<number> {
  const { installation, traffic, reviewers, alone } = world;
  const deciding: Promise<void>[] = [];
  let early = 0;
  while (progressOf(world) < 1) {
    const isEnough = early > 0.1 * reviewers.done;
    if (!isEnough)
      await alone(() =>
        whileFrozen(installation, 'interests', async (isFrozen) => {
          const fresh = await traffic.sendSome(2);
          const decided = fresh.slice(0, earlyAtOnce).map(async (id) => {
            if ((await reviewers.takeBack(id)) && isFrozen()) early += 1;
          });
          deciding.push(...decided);
          await Promise.all(decided);
        }),
      );
    await sleep(1000);
  }
  await Promise.all(deciding);
  return early;
}

/** Lets a service stand still while work goes on, but never for as long as its session. */
async function whileFrozen(
  installation: Installation,
  service: ServiceName,
  work: (isFrozen: () => boolean) => Promise<void>,
): Promise<void> {
  await installation.url(service);
  let isFrozen = true;
  const goOn = installation.running(service).map((one) => one.freeze());
  const over = new AbortController();
  try {
    await Promise.race([work(() => isFrozen), sleep(frozenMs, null, { signal: over.signal })]);
  } finally {
    isFrozen = false;
    over.abort();
    for (const go of goOn) go();
  }
}

interface Traffic {
  /** Of messages that can be decided on, and were sent. */
  readonly ids: readonly string[];
  /** Of all that the collector acknowledged. */
  readonly accepted: readonly string[];
  /** So much of all there is. */
  sendUpTo(share: number): Promise<void>;
  /** The next requests; answers with ids that nobody has sent before. */
  sendSome(count: number): Promise<readonly string[]>;
}

function createTraffic(
  installation: Installation,
  tenant: string,
  requests: readonly StreamRequest[],
): Traffic {
  const [ids, accepted, known]: [string[], string[], Set<string>] = [[], [], new Set()];
  let next = 0;
  const collectorUrl = () => installation.url('collector');
  async function sendSome(count: number): Promise<readonly string[]> {
    const some = requests.slice(next, next + count);
    next += some.length;
    const sent = await send(some, { tenant, collectorUrl, pauseMs: 0 });
    accepted.push(...sent);
    const fresh = [...sent].filter((id) => !known.has(id) && /^(m|old|bot|reused)-/.test(id));
    for (const id of fresh) known.add(id);
    ids.push(...fresh);
    return fresh;
  }
  return {
    ...{ ids, accepted, sendSome },
    async sendUpTo(share) {
      while (next < share * requests.length) await sendSome(1);
    },
  };
}

function oneAtATime(): World['alone'] {
  let busy: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = busy.then(work);
    busy = result.catch(() => {});
    return result;
  };
}

async function untilUp(installation: Installation): Promise<void> {
  const areUp = async () => {
    const all = services.map((service) => installation.running(service)[0]?.ready() ?? false);
    return (await Promise.all(all)).every(Boolean);
  };
  await eventually(areUp, { deadlineMs: 60_000, message: 'every service is up' });
}

/** Windows that could not be recomputed are tried again; what they say meanwhile is old. */
async function untilNothingIsAside({ clickhouse }: Installation): Promise<void> {
  const isMended = async () => {
    const [row] = await clickhouse.rows(
      'SELECT count() AS windows FROM windows_stuck FINAL WHERE stuck = 1',
    );
    return Number(row?.windows) === 0;
  };
  await eventually(isMended, { deadlineMs: 60_000, message: 'no window is set aside' });
}

/** Records that the order rule held at first. */
export function heldByRule({ audit }: Comparison): number {
  return [...audit.first.values()].filter((verdict) => verdict === 'held/order_outlier').length;
}

/** What was decided and killed, then a line a comparison, then what differs. */
export function decisionsLines(result: DecisionsResult, { seed }: DecisionsOptions): string {
  const { counts, kills, parts, accepted, redelivered, lost, doubled, faults, audit } = result;
  const posted = auditedDecisions(audit).length;
  const held = heldByRule(result);
  const words = Object.entries(counts.taken).map(([word, number]) => `${word} ${number}`);
  const all = Object.values(counts.taken).reduce((sum, number) => sum + number, 0);
  const share = (of: number) => `${of} (${((100 * of) / all).toFixed(1)} %)`;
  const killed = [...kills].map(([service, number]) => `${service} ${number}`);
  return [
    `${faults.length === 0 ? 'ok  ' : 'FAIL'} seed ${seed}: ${all} decisions: ${words.join(', ')}`,
    `     twice ${share(counts.twice)}, contradicting ${share(counts.contradicting)}, of long ago ${share(counts.longAgo)}, before the tags ${share(result.early)}`,
    `     ${posted} in the review topic on ${audit.decisions.size} records; known already ${counts.repeated}, senseless ${counts.senseless}, asked again ${counts.askedAgain}; held by the rule ${held}`,
    `     killed: ${killed.join(', ')}`,
    `     accepted ${accepted}  delivered again ${redelivered}  lost ${lost}  doubled ${doubled}  (${result.seconds.toFixed(0)} s)`,
    ...parts.map(
      (part) => `     ${part.of}: ${part.compared} compared, ${part.faults.length} differ`,
    ),
    ...faults.slice(0, 20).map((fault) => `       ${fault}`),
  ].join('\n');
}
