import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPost } from '../../deploy/replay/post';
import { writeKeyOf } from '../faults/installation';
import { aStream, type StreamRequest, send } from '../faults/stream';
import { type OutageRow, ordinary, type Traffic } from './outage-row';
import { paceOf } from './row-run';
import { everyService, type World } from './world';

const times = 10;
const burst = { requests: 40, everyMs: 15_000, people: 700, messages: 400 };
/** The least that may be set: what is beyond it must come within reach of one machine. */
const inFlight = { COLLECTOR_MAX_IN_FLIGHT_BYTES: '1MiB' };
const flatWithinMb = 64;

/** Ten times the usual stream, and now and then many large requests at once. */
export const tenfold: OutageRow = {
  ...{ ...ordinary, name: 'tenfold-load' },
  done: `${times} times the load, and bursts of ${burst.requests} large requests beyond the collector's bound`,
  async run(world, lastsMs, traffic) {
    const ms = 4 * lastsMs;
    const { installation } = world;
    await Promise.all(installation.running('collector').map((one) => one.stop()));
    await installation.start('collector', '', inFlight).ready();
    const memory = watchMemory(world);
    const sending = Array.from({ length: times }, (_, nth) =>
      oneStream(world, traffic, nth + 1, ms),
    );
    const refused = await bursts(world, traffic, ms);
    const events = (await Promise.all(sending)).reduce((sum, one) => sum + one, 0);
    const told = memory.stop();
    await Promise.all(installation.running('collector').map((one) => one.stop()));
    await installation.start('collector').ready();
    if (refused === 0) throw new Error('nothing was refused: the bound was not reached');
    return `${events} messages in ${ms / 1000} s; ${refused} requests answered 429 with Retry-After; ${told}`;
  },
};

async function oneStream(
  { installation }: World,
  { tenant, seed, sent }: Traffic,
  nth: number,
  ms: number,
): Promise<number> {
  const people = paceOf(ms).people;
  const requests = aStream({
    ...{ tenant: installation.tenant(tenant), people, seed: 1000 * nth + seed },
    idPrefix: `stream-${nth}-`,
  });
  const collectorUrl = () => installation.url('collector');
  const pauseMs = ms / requests.length;
  sent(await send(requests, { tenant, collectorUrl, pauseMs, until: Date.now() + ms }));
  return requests.reduce((sum, { messageIds }) => sum + messageIds.length, 0);
}

/** How many requests were refused; each is sent until it is taken. */
async function bursts(world: World, traffic: Traffic, ms: number): Promise<number> {
  const { installation } = world;
  const { tenant, seed, sent } = traffic;
  const { people, messages: mostMessages } = burst;
  const options = { tenant: installation.tenant(tenant), people, mostMessages };
  const until = Date.now() + ms;
  let refused = 0;
  for (let nth = 0; Date.now() < until; nth += 1) {
    const idPrefix = `burst-${nth}-`;
    const all = aStream({ ...options, seed: 100_000 + seed + nth, idPrefix });
    const requests = all.slice(0, burst.requests);
    refused += (await Promise.all(requests.map((one) => untilTaken(world, tenant, one)))).reduce(
      (sum, one) => sum + one,
      0,
    );
    for (const { messageIds } of requests) sent(messageIds);
    await sleep(Math.min(burst.everyMs, Math.max(0, until - Date.now())));
  }
  return refused;
}

/** How often it was answered 429. */
async function untilTaken(
  { installation }: World,
  tenant: string,
  { path, body }: StreamRequest,
): Promise<number> {
  const url = `${await installation.url('collector')}${path}`;
  const post = createPost({ url, writeKey: writeKeyOf(tenant), timeoutMs: 20_000, maxSockets: 1 });
  for (let refused = 0; ; refused += 1) {
    const { status, text, retryAfterMs } = await post(body);
    if (status === 200) return refused;
    if (status !== 429) throw new Error(`${status}: ${text}`);
    if (retryAfterMs === null) throw new Error('429 without Retry-After');
    await sleep(retryAfterMs);
  }
}

/** What each service holds, once a second. The end throws where the last third holds more than the
 *  second one did: memory that follows the load is not bounded. */
function watchMemory({ installation }: World): { stop(): string } {
  const held = new Map(everyService.map((service) => [service, [] as number[]]));
  const timer = setInterval(() => {
    for (const [service, samples] of held) samples.push(residentMb(installation, service));
  }, 1000);
  return {
    stop() {
      clearInterval(timer);
      const said = [...held].map(([service, samples]) => {
        const third = Math.floor(samples.length / 3);
        const before = Math.max(...samples.slice(third, 2 * third));
        const after = Math.max(...samples.slice(2 * third));
        if (after > before + flatWithinMb) {
          throw new Error(`${service} grows: ${before} MB, then ${after} MB`);
        }
        return `${service} ${before}, then ${after} MB`;
      });
      return `memory: ${said.join(', ')}`;
    },
  };
}

function residentMb(installation: World['installation'], service: string): number {
  const one = installation.processes.find((each) => each.name === service && each.isRunning());
  const status = readFileSync(`/proc/${one?.pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
}
