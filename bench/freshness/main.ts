import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { RunningServer } from '../../deploy/local/process';
import { createPost } from '../../deploy/replay/post';
import { ProcessMeter } from '../../deploy/summary/processes';
import { startTraffic } from '../../deploy/traffic/process';
import { projectRoot } from '../../services/shared/runtime/root';
import { connectRedis } from '../../services/shared/stores/redis/client';
import { redisKeys } from '../../services/shared/stores/redis/keys';
import { hotUser } from './hot-user';
import { type FreshnessFlags, readFlags } from './options';
import { probe } from './probe';
import { processesOf } from './process-tree';
import { type Freshness, freshnessLines } from './render';
import { readOwn, since } from './services-own';

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(flags: FreshnessFlags): Promise<void> {
  const own = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  const meter = new ProcessMeter();
  for (const { name, pid } of processesOf(flags.folder)) meter.watch(name, pid);
  const traffic = flags.rate > 0 ? await visitors(flags, own, meter) : null;
  const sampling = setInterval(() => meter.sample(), 1000);
  try {
    const found = await measure(flags, meter);
    process.stdout.write(`${freshnessLines(found).join('\n')}\n`);
  } finally {
    clearInterval(sampling);
    await traffic?.stop();
    rmSync(own, { recursive: true });
  }
}

function visitors(
  { collector, writeKey, rate }: FreshnessFlags,
  folder: string,
  meter: ProcessMeter,
): Promise<RunningServer> {
  const started = (pid: number) => meter.watch('traffic', pid);
  return startTraffic({ flags: { collector, writeKey, rate }, folder, say, started });
}

/** The probe begins with the warm-up, so that it is itself warm when it counts. */
async function measure(flags: FreshnessFlags, meter: ProcessMeter): Promise<Freshness> {
  const { collector, interests, writeKey, tenant, every: everyMs, warmUp, minutes } = flags;
  const redis = await reach(flags.redis);
  const postTo = (path: string) =>
    createPost({ url: `${collector}${path}`, writeKey, timeoutMs: 30_000, maxSockets: 32 });
  const post = postTo('/v1/track');
  const stop = new AbortController();
  const run = randomBytes(4).toString('hex');
  const keys = redisKeys(flags.redisKeyPrefix);
  const probing = probe({ post, redis, keys, tenant, run, everyMs }, stop.signal);
  const counting = count(flags, meter).finally(() => stop.abort());
  const hot = hotUser({ post: postTo('/v1/batch'), run, rate: flags.hot }, stop.signal);
  const [clicks, counted, hotEvents] = await Promise.all([probing, counting, hot]);
  if (flags.hot > 0) say(`hot-${run}, one user, sent ${hotEvents} events`);
  redis.disconnect();
  say(`measured for ${minutes} minutes, ${warmUp} s of warm-up apart; ${interests} asked as well`);
  return { ...counted, clicks: clicks.filter(({ at }) => at >= counted.from && at < counted.to) };
}

async function reach(url: string): Promise<Redis> {
  const onDown = (why: string) => say(`Redis does not answer: ${why}`);
  const onUp = () => say('Redis answers again');
  const redis = connectRedis({ url, commandTimeoutMs: 5000, onDown, onUp });
  await new Promise((resolve, reject) => {
    redis.once('ready', resolve);
    redis.once('error', () => reject(new Error('start it first, or say where it is: --redis')));
  });
  return redis;
}

interface Counted extends Omit<Freshness, 'clicks'> {
  /** Milliseconds UTC. */
  readonly from: number;
  readonly to: number;
}

async function count(flags: FreshnessFlags, meter: ProcessMeter): Promise<Counted> {
  say(`${flags.warmUp} s of warm-up, then ${flags.minutes} minutes`);
  await sleep(flags.warmUp * 1000);
  const before = await readOwn(flags.interests);
  meter.mark();
  const from = Date.now();
  await sleep(flags.minutes * 60_000);
  const to = Date.now();
  const processes = meter.usage();
  const own = since(before, await readOwn(flags.interests));
  return { own, processes, seconds: (to - from) / 1000, from, to };
}

const folder = process.env.TRIBUTARY_FOLDER ?? join(projectRoot, '.tributary');
main(readFlags(process.argv.slice(2), process.env, folder)).then(
  () => process.exit(0),
  (error: Error) => {
    say(error.message);
    process.exit(1);
  },
);
