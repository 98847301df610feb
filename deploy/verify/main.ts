import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type Traffic, trafficKinds } from '../../services/shared/domain/traffic';
import { createLog } from '../../services/shared/runtime/log';
import { projectRoot } from '../../services/shared/runtime/root';
import { loadTenants } from '../../services/shared/runtime/tenants';
import { topCategories } from './categories';
import type { Comparison } from './compare';
import { ga4Channel } from './ga4-channel';
import { attribution, markov, paths } from './path-answers';
import { createStopwatch } from './query-cost';
import { compareTags } from './tags';
import { expectedUsers } from './tags-oracle';
import {
  channels,
  dailyFunnelSessions,
  hourlyCounts,
  hourlyFunnelUsers,
  orderedFunnels,
  orders,
} from './window-answers';
import { compareWindows } from './windows';

const { env } = process;
const folder = env.TRIBUTARY_FOLDER ?? join(projectRoot, '.tributary');

interface AnswersFlags {
  readonly api: string;
  readonly tenant: string;
  readonly traffic: Traffic;
  readonly clickhouse: string;
  readonly database: string;
}

async function verifyAnswers(answers: string, flags: AnswersFlags): Promise<boolean> {
  const { api, tenant, traffic, clickhouse: clickhouseUrl, database } = flags;
  const asked = { answers, api, tenant, traffic };
  const checks: readonly (() => Promise<Comparison | readonly Comparison[]>)[] = [
    () => hourlyCounts(asked),
    () => hourlyFunnelUsers(asked),
    () => dailyFunnelSessions(asked),
    () => orderedFunnels(asked),
    () => channels(asked, 'clean'),
    () => channels(asked, 'raw'),
    () => orders(asked),
    () => paths(asked),
    () => attribution(asked),
    () => markov(asked),
    () => topCategories({ answers, clickhouseUrl, database, tenant, traffic }),
  ];
  let isEqual = true;
  for (const check of checks) {
    const stopwatch = createStopwatch(folder);
    const comparisons = [await check()].flat();
    isEqual = report(comparisons, stopwatch()) && isEqual;
  }
  return isEqual;
}

interface TagsFlags {
  readonly redis: string;
  readonly prefix: string;
  readonly tenant: string;
  readonly users: string;
  readonly seed: string;
  readonly categories: string;
}

async function verifyTags(file: string, flags: TagsFlags): Promise<boolean> {
  const stopwatch = createStopwatch(folder);
  const channelOf = ga4Channel(flags.categories, 'googlemerchandisestore.com');
  const comparisons = await compareTags(await expectedUsers(file, channelOf), {
    redisUrl: flags.redis,
    keyPrefix: flags.prefix,
    tenant: flags.tenant,
    users: Number(flags.users),
    seed: Number(flags.seed),
  });
  return report(comparisons, stopwatch());
}

interface WindowsFlags {
  readonly clickhouse: string;
  readonly database: string;
  readonly tenants: string;
  readonly conversionHours: string;
}

async function verifyWindows(flags: WindowsFlags): Promise<boolean> {
  const stopwatch = createStopwatch(folder);
  const log = createLog('verify', { level: 'error' });
  const tenants = loadTenants(resolve(projectRoot, flags.tenants), log);
  const comparisons = await compareWindows({
    clickhouseUrl: flags.clickhouse,
    database: flags.database,
    zones: new Map(tenants.map(({ name, timeZone }) => [name, timeZone])),
    conversionWindowMs: Number(flags.conversionHours) * 3_600_000,
  });
  return report(comparisons, stopwatch());
}

/** One line a comparison, its first differences below it; false where there are any. */
function report(comparisons: readonly Comparison[], cost: string): boolean {
  for (const { name, compared, differ, examples } of comparisons) {
    process.stdout.write(
      `${name}: rows compared ${compared}, rows that differ ${differ} (${cost})\n`,
    );
    for (const example of examples) process.stdout.write(`  ${example}\n`);
  }
  return comparisons.every(({ compared, differ }) => differ === 0 && compared > 0);
}

const program = new Command('verify').description(
  'compares what runs here with answers that were computed elsewhere; exits 1 where they differ',
);
program
  .command('answers')
  .description('the answer files of a GA4 month, through the HTTP API, row by row')
  .argument('<folder>', 'where the answer files lie')
  .option('--api <url>', 'insights', 'http://127.0.0.1:8090')
  .option('--tenant <name>', 'whose events', 'demo')
  .addOption(
    new Option('--traffic <kind>', 'which of them: all has what is held or a bot, too')
      .choices(trafficKinds)
      .default('clean'),
  )
  .option('--clickhouse <url>', 'for categories', env.CLICKHOUSE_URL ?? 'http://127.0.0.1:8123')
  .option('--database <name>', 'of ClickHouse', env.CLICKHOUSE_DATABASE ?? 'tributary')
  .action(async (answers: string, flags: AnswersFlags) => finish(verifyAnswers(answers, flags)));
program
  .command('tags')
  .description("users drawn at random, read with redis-cli, against the file's own tags")
  .argument('<file>', 'the GA4 export that was replayed')
  .requiredOption('--categories <file>', 'source categories, CSV as Google publishes them')
  .option('--redis <url>', 'where the tags are', env.REDIS_URL ?? 'redis://127.0.0.1:6379')
  .option('--prefix <text>', 'of the keys', env.REDIS_KEY_PREFIX ?? '')
  .option('--tenant <name>', 'whose users', 'demo')
  .option('--users <n>', 'how many', '500')
  .option('--seed <n>', 'of the draw', '1')
  .action(async (file: string, flags: TagsFlags) => finish(verifyTags(file, flags)));

program
  .command('windows')
  .description('every stored window, against one recomputation from all facts at once')
  .option('--clickhouse <url>', 'of the tables', env.CLICKHOUSE_URL ?? 'http://127.0.0.1:8123')
  .option('--database <name>', 'of ClickHouse', env.CLICKHOUSE_DATABASE ?? 'tributary')
  .option('--tenants <file>', 'their time zones', env.TENANTS_FILE ?? 'config/tenants.yaml')
  .option('--conversion-hours <n>', 'conversion window of the stored funnel', '24')
  .action(async (flags: WindowsFlags) => finish(verifyWindows(flags)));

async function finish(equal: Promise<boolean>): Promise<void> {
  process.exitCode = (await equal) ? 0 : 1;
}

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`verify: ${error.message}\n`);
  process.exit(1);
});
