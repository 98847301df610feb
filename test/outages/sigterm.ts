import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '../../deploy/start/service-plans';
import type { ServiceProcess } from '../faults/service-process';
import { type OutageRow, ordinary } from './outage-row';
import { everyService, type World } from './world';

/** After how long a process that starts is told to stop: from before its program is read to when it
 *  takes its first batch. */
const whileStartingMs = [0, 150, 400, 700, 1000, 1500];

/** What makes a batch of each service take a while. */
const slowedBy: Readonly<Record<ServiceName, 'kafka' | 'redis' | 'clickhouse'>> = {
  collector: 'kafka',
  cleaner: 'redis',
  interests: 'redis',
  metrics: 'clickhouse',
  insights: 'clickhouse',
};

/** SIGTERM at every time of a service's life. */
export const sigtermRows: readonly OutageRow[] = everyService.map((service) => ({
  ...{ ...ordinary, name: `sigterm-${service}` },
  done: `SIGTERM to ${service}: while it starts, at work, in the middle of a batch, while its group changes`,
  async run(world) {
    const ends = [...(await whileStarting(world, service)), await atWork(world, service)];
    ends.push(...(await inABatch(world, service)));
    if (service !== 'collector') ends.push(...(await whileOthersJoin(world, service)));
    const wrong = ends.filter((how) => how !== 'exit code 0' && how !== notBegun);
    if (wrong.length > 0) throw new Error(`ended otherwise: ${wrong.join(', ')}`);
    const zero = ends.filter((how) => how === 'exit code 0').length;
    return `${zero} of ${ends.length} ended with exit code 0, ${ends.length - zero} before their program began`;
  },
}));

const notBegun = 'before the program began';

async function told(one: ServiceProcess): Promise<string> {
  await one.stop();
  return one.how() ?? 'not ended';
}

/** Node itself ends of SIGTERM until the service's first line has run: then there is nothing to end. */
async function whileStarting(
  { installation }: World,
  service: ServiceName,
): Promise<readonly string[]> {
  const ends: string[] = [];
  for (const ms of whileStartingMs) {
    ends.push(await toldAfter(ms, installation.start(service)));
  }
  return ends;
}

async function toldAfter(ms: number, starting: ServiceProcess): Promise<string> {
  await sleep(ms);
  const hadBegun = starting.url() !== null;
  const how = await told(starting);
  return how === 'SIGTERM' && !hadBegun ? notBegun : how;
}

async function atWork({ installation }: World, service: ServiceName): Promise<string> {
  const [one] = installation.running(service);
  const how = one === undefined ? 'was not running' : await told(one);
  await installation.start(service).ready();
  return how;
}

async function inABatch(world: World, service: ServiceName): Promise<readonly string[]> {
  const link = world.links[slowedBy[service]];
  const ends: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    await link.break({ kind: 'delay', ms: 150 });
    await sleep(1000 + round * 70);
    const [one] = world.installation.running(service);
    ends.push(one === undefined ? 'was not running' : await told(one));
    await link.mend();
    await world.installation.start(service).ready();
  }
  return ends;
}

/** The one that works, while another joins; and one that joins. */
async function whileOthersJoin(
  { installation }: World,
  service: ServiceName,
): Promise<readonly string[]> {
  const ends: string[] = [];
  for (const ms of [400, 700, 1000]) {
    const [old] = installation.running(service);
    const next = installation.start(service);
    await sleep(ms);
    if (old !== undefined) ends.push(await told(old));
    await next.ready();
  }
  ends.push(await toldAfter(900, installation.start(service)));
  return ends;
}
