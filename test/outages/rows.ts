import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '../../deploy/start/service-plans';
import { eventually } from '../support/eventually';
import { httpAnswer, type LinkFault } from '../support/fault-proxy';
import type { OutageRow } from './outage-row';
import { appendPoison, deadLetters } from './poison';
import { emptied } from './redis-emptied';
import type { World } from './world';

const ordinary = { isQuick: false, leavesTags: false };

export const outageRows: readonly OutageRow[] = [
  linkRow('clickhouse', 'hangs', { kind: 'hang' }, { isQuick: true, leavesTags: true }),
  linkRow('clickhouse', 'is down', { kind: 'refuse' }, { leavesTags: true }),
  linkRow(
    'clickhouse',
    'is read-only',
    { kind: 'answer', bytes: readOnly() },
    { leavesTags: true },
  ),
  linkRow(
    'clickhouse',
    'does, and does not answer',
    { kind: 'swallow', what: 'answers' },
    {
      leavesTags: true,
    },
  ),
  linkRow('redis', 'hangs', { kind: 'hang' }, {}),
  linkRow('redis', 'does, and does not answer', { kind: 'swallow', what: 'answers' }, {}),
  linkRow('redis', 'resets after 4 KB', { kind: 'reset', afterBytes: 4096 }, {}),
  linkRow('redis', 'is 50 ms away', { kind: 'delay', ms: 50 }, {}),
  {
    ...{
      ...ordinary,
      name: 'redis-killed',
      done: 'SIGKILL to Redis, started again',
      isQuick: true,
    },
    async run({ servers }, lastsMs) {
      await servers.kill('redis');
      await sleep(lastsMs);
      await servers.restart('redis');
      return 'clicks are taken, tags wait';
    },
  },
  {
    ...{ ...ordinary, name: 'redis-full', done: 'Redis out of memory (noeviction)' },
    async run({ redis, installation }, lastsMs) {
      await redis.config('SET', 'maxmemory', '1');
      await waits(installation, 'redis');
      await sleep(lastsMs);
      await redis.config('SET', 'maxmemory', '0');
      return 'clicks are taken, tags wait';
    },
  },
  {
    ...{ ...ordinary, name: 'redis-scripts', done: 'SCRIPT FLUSH every 100 ms', leavesTags: true },
    async run({ redis }, lastsMs) {
      const until = Date.now() + lastsMs;
      for (; Date.now() < until; await sleep(100)) await redis.script('FLUSH');
      return 'nothing';
    },
  },
  emptied,
  ...(['refuse', 'hang', '404', '500'] as const).map(registryRow),
  {
    ...{ ...ordinary, name: 'poison', done: '30 undecodable records in busy partitions' },
    ...{ isQuick: false, leavesTags: true },
    async run(world) {
      const before = await deadLetters(world);
      const begun = Date.now();
      await appendPoison(world, 30);
      const all = async () => (await deadLetters(world)) >= before + 30;
      await eventually(all, { deadlineMs: 15_000, message: '30 dead letters', everyMs: 20 });
      return `dead letters after ${Date.now() - begun} ms`;
    },
  },
  ...(['collector', 'cleaner', 'interests', 'metrics'] as const).map(restartRow),
  {
    ...{ ...ordinary, name: 'kafka-restarted', done: 'SIGKILL to Kafka, started again' },
    async run({ servers }, lastsMs) {
      await servers.kill('kafka');
      await sleep(lastsMs);
      await servers.restart('kafka');
      return '503 until it is back; clients send again';
    },
  },
];

function linkRow(
  server: 'redis' | 'clickhouse',
  how: string,
  fault: LinkFault,
  more: Partial<OutageRow>,
): OutageRow {
  const verb = how.replaceAll(/[^a-z0-9]+/g, '-');
  return {
    ...ordinary,
    ...{ name: `${server}-${verb}`, done: `${server} ${how}`, ...more },
    async run({ links }, lastsMs) {
      await links[server].break(fault);
      await sleep(lastsMs);
      await links[server].mend();
      return more.leavesTags === true
        ? 'numbers stand still, tags go on'
        : 'clicks are taken, tags wait';
    },
  };
}

function readOnly(): string {
  const why = 'Code: 164. DB::Exception: Cannot execute query in readonly mode. (READONLY)';
  return httpAnswer('500 Internal Server Error', why, ['x-clickhouse-exception-code: 164']);
}

/** A partition gets records of a schema that nobody knows, while the registry cannot say so. */
function registryRow(how: 'refuse' | 'hang' | '404' | '500'): OutageRow {
  const answers: Readonly<Record<string, string>> = {
    404: httpAnswer('404 Not Found', '{"error_code":40403,"message":"Schema not found"}'),
    500: httpAnswer('500 Internal Server Error', '{"error_code":50001,"message":"no"}'),
  };
  const fault: LinkFault =
    how === 'refuse' || how === 'hang'
      ? { kind: how }
      : { kind: 'answer', bytes: answers[how] ?? '' };
  return {
    ...{ ...ordinary, name: `registry-${how}`, isQuick: false },
    done: `registry: ${how}; 10,000 records with an unknown schema id in the identity topic`,
    leavesTags: true,
    async run(world, lastsMs) {
      const { links, installation } = world;
      const [before, asked] = [await deadLetters(world), links.registry.requests()];
      await links.registry.break(fault);
      await appendPoison(world, 10_000, 'unknown schema');
      await waits(installation, 'registry');
      await sleep(lastsMs);
      const dead = (await deadLetters(world)) - before;
      if (dead > 0) throw new Error(`${dead} records are dead although the registry could not say`);
      await links.registry.mend();
      const all = async () => (await deadLetters(world)) >= before + 10_000;
      await eventually(all, { deadlineMs: 60_000, message: 'dead letters once it can say' });
      return `known schemas go on; ${links.registry.requests() - asked} requests for 10,000 records`;
    },
  };
}

function restartRow(service: ServiceName): OutageRow {
  return {
    ...{ ...ordinary, name: `sigterm-${service}`, done: `SIGTERM to ${service}, started again` },
    async run({ installation }) {
      for (let round = 0; round < 3; round += 1) {
        await Promise.all(installation.running(service).map((one) => one.stop()));
        await installation.start(service).ready();
        await sleep(700);
      }
      return 'three times; what was taken is finished first';
    },
  };
}

/** A partition waits for this server. */
async function waits({ running }: World['installation'], server: string): Promise<void> {
  const series = new RegExp(`tributary_consumer_paused\\{[^}]*reason="${server}"[^}]*\\} [1-9]`);
  const isWaiting = async () => {
    const urls = [...running('cleaner'), ...running('interests')].map((one) => one.url());
    const texts = urls.map(async (url) => (await fetch(`${url}/metrics`)).text());
    return (await Promise.all(texts)).some((text) => series.test(text));
  };
  const message = `a partition waits for ${server}`;
  await eventually(isWaiting, { deadlineMs: 20_000, message, everyMs: 20 });
}
