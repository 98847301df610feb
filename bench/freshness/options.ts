import { Command, InvalidArgumentError } from 'commander';
import { withServers } from '../../deploy/local/servers';
import { urlOf } from '../../deploy/start/service-plans';

export interface FreshnessFlags {
  readonly collector: string;
  readonly interests: string;
  readonly redis: string;
  readonly redisKeyPrefix: string;
  readonly tenant: string;
  readonly writeKey: string;
  readonly minutes: number;
  /** Seconds at the beginning that are not counted. */
  readonly warmUp: number;
  /** Milliseconds between two clicks of the probe. */
  readonly every: number;
  /** Events a second of visitors that are sent beside the probe; 0: those that are there anyway. */
  readonly rate: number;
  /** Events a second of one user who is sent beside the probe. */
  readonly hot: number;
  /** Where `npm start` keeps its process ids. */
  readonly folder: string;
}

/** Where `npm start` has things in this environment, unless the command line says otherwise. */
export function readFlags(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  folder: string,
): FreshnessFlags {
  const { REDIS_URL } = withServers(env);
  return new Command('npm run bench:freshness --')
    .description('how long it takes from a click to its tag, beside a running npm start')
    .option('--collector <url>', 'where the collector listens', urlOf('collector', env))
    .option('--interests <url>', 'where the interests service does', urlOf('interests', env))
    .option('--redis <url>', 'where the tags are', REDIS_URL)
    .option('--redis-key-prefix <text>', 'what stands before every key', '')
    .option('--tenant <name>', 'whose tags', 'demo')
    .option('--write-key <key>', 'of that tenant', 'demo-write-key')
    .option('--minutes <n>', 'how long it is measured', positive, 5)
    .option('--warm-up <seconds>', 'at the beginning, not counted', positive, 30)
    .option('--every <ms>', 'between two clicks of the probe', positive, 100)
    .option('--rate <events>', 'a second, by made-up visitors; 0: none but those there', number, 0)
    .option('--hot <events>', 'a second, by one user; a million an hour is 278', number, 0)
    .option('--folder <path>', 'where npm start keeps its process ids', folder)
    .parse([...argv], { from: 'user' })
    .opts<FreshnessFlags>();
}

function number(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('Give a number.');
  return value;
}

function positive(text: string): number {
  if (number(text) > 0) return Number(text);
  throw new InvalidArgumentError('Give a number above 0.');
}
