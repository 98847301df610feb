import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, seededRandom } from '../../../deploy/replay/random';
import { waitUntilProcessed } from '../../../deploy/start/measured-replay';
import { ask, type Ledger } from '../../../deploy/summary/api';
import { compareWindows } from '../../../deploy/verify/windows';
import { defaultConversionMs } from '../../../services/shared/domain/funnel-report';
import { topicsOf } from '../../../services/shared/runtime/topics';
import {
  type ClickHouse,
  connectClickHouse,
} from '../../../services/shared/stores/clickhouse/client';
import { eventually } from '../eventually';
import { testKafka } from '../kafka';
import { aName } from '../names';
import { testRedis } from '../redis';
import { startTestStack, type TestStack } from '../test-stack';
import { sendLines } from './collector-client';
import { type Compared, compareStores } from './comparison';
import { idOf, linesToDecide } from './lines';
import { readLog } from './log-reader';
import { expectedOf } from './oracle';
import { type ReviewCounts, Reviewers } from './reviewers';

export interface DecisionsOptions {
  readonly seed: number;
  /** Words of reviewers that are taken. */
  readonly decisions: number;
  readonly people: number;
  /** Time between two kills of a random service; null for none. */
  readonly killEveryMs: number | null;
  /** Where the services' tenants file goes. */
  readonly folder: string;
}

export interface DecisionsReport {
  readonly counts: ReviewCounts;
  readonly records: number;
  readonly decided: number;
  /** Held at first, by the rule. */
  readonly held: number;
  /** Decided on while nothing could reach the tags. */
  readonly early: number;
  /** Kills by service. */
  readonly kills: Readonly<Record<string, number>>;
  /** Windows that were set aside in between, with what ClickHouse said. */
  readonly setAside: readonly string[];
  readonly redelivered: number;
  readonly unstable: readonly string[];
  readonly ledger: Ledger;
  readonly comparisons: readonly Compared[];
  readonly seconds: number;
}

const services = ['collector', 'cleaner', 'interests', 'metrics', 'insights'];
const workers = 4;
const linesAtOnce = 40;

/** People decide on records while more of them arrive and services die; then every store is compared
 *  with what the log says it must hold. */
export async function runDecisions(options: DecisionsOptions): Promise<DecisionsReport> {
  const begun = Date.now();
  const prefix = `${aName('decisions')}.`;
  await fewerReviewPartitions(topicsOf(prefix).review);
  const tenants = strictTenants(options.folder);
  const stack = await startTestStack({ TOPIC_PREFIX: prefix, TENANTS_FILE: tenants });
  try {
    const flow = await decideWhileFlowing(stack, options);
    await waitUntilProcessed(stack, { accepted: flow.sent, say: () => {} });
    const found = await compareAll(stack);
    return { ...flow, ...found, seconds: (Date.now() - begun) / 1000 };
  } finally {
    await stack.stop();
  }
}

/** One partition fewer than the others have: a decision then stands in another partition of the clean
 *  topic than its original, and may overtake it. */
async function fewerReviewPartitions(topic: string): Promise<void> {
  const kafka = await testKafka();
  const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
  await kafka.admin.createTopics({ topics: [{ topic, numPartitions: 3, configEntries }] });
  await kafka.close();
}

/** The demo's tenants, with a rule that holds one order in a few, imported ones too. */
function strictTenants(folder: string): string {
  const file = join(folder, 'tenants.yaml');
  const text = readFileSync('config/tenants.yaml', 'utf8');
  const rule = /orderOutlier: \{[^}]*\}/;
  if (!rule.test(text)) throw new Error('config/tenants.yaml has no orderOutlier');
  writeFileSync(file, text.replace(rule, 'orderOutlier: { times: 1.3, sample: 5, imports: true }'));
  return file;
}

async function decideWhileFlowing(stack: TestStack, options: DecisionsOptions) {
  const random = seededRandom(options.seed);
  const lines = linesToDecide(options.people, options.seed);
  const reviewers = new Reviewers(stack.urls.insights, random);
  const storm = createStorm(stack, random);
  const collector = stack.urls.collector;
  const ids: string[] = [];
  let sent = 0;
  let early = 0;
  const sendNext = async (count: number) => {
    const next = lines.slice(sent, sent + count);
    sent += next.length;
    if (next.length > 0) await sendLines(collector, next);
    const taken = next.map(idOf).filter((id) => id !== null);
    ids.push(...taken);
    return taken;
  };
  await sendNext(Math.ceil(lines.length / 3));
  const { taken } = reviewers.counts;
  const done = () => Object.values(taken).reduce((sum, words) => sum + words, 0);
  const review = async () => {
    while (done() < options.decisions) await reviewers.decide(ids);
  };
  const flow = async () => {
    const share = Math.ceil((linesAtOnce * lines.length) / (10 * options.decisions)) + linesAtOnce;
    while (done() < options.decisions) {
      await sendNext(share);
      await sleep(500);
    }
    await sendNext(lines.length);
  };
  const before = async () => {
    while (done() < options.decisions) {
      await storm.frozen('interests', async () => {
        const fresh = await sendNext(10);
        for (const id of fresh.slice(0, 3)) {
          await reviewers.decide([id]);
          early += 1;
        }
      });
      await sleep(3000);
    }
  };
  const kill = async () => {
    while (options.killEveryMs !== null && done() < options.decisions) {
      await sleep(options.killEveryMs * (0.5 + random()));
      await storm.kill();
    }
  };
  await Promise.all([...Array.from({ length: workers }, review), flow(), before(), kill()]);
  return { counts: reviewers.counts, sent, early, kills: storm.kills };
}

/** Kills services, and stops one for a while; never both at once. */
function createStorm(stack: TestStack, random: Random) {
  const kills: Record<string, number> = {};
  let busy: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const result = busy.then(work);
    busy = result.catch(() => {});
    return result;
  };
  return {
    kills,
    kill: () =>
      alone(async () => {
        const name = services[Math.floor(random() * services.length)] as string;
        try {
          stack.kill(name);
          kills[name] = (kills[name] ?? 0) + 1;
        } catch {
          // It has just been killed, and is not back yet.
        }
      }),
    frozen: (name: string, work: () => Promise<void>) =>
      alone(async () => {
        const thaw = stack.freeze(name);
        // Shorter than the session time-out, or the group would give its partitions away.
        const latest = setTimeout(thaw, 4000);
        await work().finally(() => {
          clearTimeout(latest);
          thaw();
        });
      }),
  };
}

/** Windows that could not be recomputed are tried again each minute; what they say meanwhile is old. */
async function untilNoneIsAside(clickhouse: ClickHouse): Promise<readonly string[]> {
  const [row] = await clickhouse.rows(
    "SELECT groupArray(concat(windowTable, ' ', toString(start), ': ', error)) AS all FROM windows_stuck WHERE stuck = 1",
  );
  const none = async () => {
    const [left] = await clickhouse.rows(
      'SELECT toUInt32(count()) AS windows FROM windows_stuck FINAL WHERE stuck = 1',
    );
    return left?.windows === 0;
  };
  await eventually(none, { deadlineMs: 150_000, message: 'no window is set aside' });
  return row?.all as readonly string[];
}

async function compareAll(stack: TestStack) {
  const { TOPIC_PREFIX = '', CLICKHOUSE_URL = '', CLICKHOUSE_DATABASE = '' } = stack.env;
  const log = await readLog(topicsOf(TOPIC_PREFIX));
  const clickhouse = connectClickHouse({ url: CLICKHOUSE_URL, database: CLICKHOUSE_DATABASE });
  const { redis, close } = await testRedis();
  const setAside = await untilNoneIsAside(clickhouse);
  const ledger = await ask<Ledger>(stack.urls.insights, '/v1/ledger');
  const expected = expectedOf(log);
  const prefix = stack.env.REDIS_KEY_PREFIX ?? '';
  const comparisons = await compareStores(expected, { redis, prefix, clickhouse, ledger });
  await Promise.all([clickhouse.close(), close()]);
  const recomputed = await compareWindows({
    ...{ clickhouseUrl: CLICKHOUSE_URL, database: CLICKHOUSE_DATABASE, zones: new Map() },
    conversionWindowMs: defaultConversionMs,
  });
  const full = recomputed.map(({ name, compared, differ, examples }) => ({
    ...{ of: `${name}, recomputed`, compared },
    differ: differ === 0 ? [] : examples,
  }));
  return {
    ledger,
    setAside,
    records: log.first.size,
    decided: log.decisions.size,
    held: [...log.first.values()].filter(({ reason }) => reason === 'order_outlier').length,
    redelivered: log.redelivered,
    unstable: log.unstable,
    comparisons: [...comparisons, ...full],
  };
}
