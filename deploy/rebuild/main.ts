import { Command } from 'commander';
import { judgedEventCodec } from '../../services/shared/runtime/codecs';
import { readSettings } from '../../services/shared/runtime/config';
import { messageOf } from '../../services/shared/runtime/errors';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { topicsOf } from '../../services/shared/runtime/topics';
import { connectClickHouse } from '../../services/shared/stores/clickhouse/client';
import { connectRedis, refuseEviction } from '../../services/shared/stores/redis/client';
import { redisKeys } from '../../services/shared/stores/redis/keys';
import { withServers } from '../local/servers';
import { rebuildSettings } from './config';
import { rebuild } from './rebuild';

const program = new Command('rebuild')
  .description('makes anew what Redis has lost, from the events table and Kafka')
  .option('--anew', 'throw away what is in Redis first', false)
  .option('--quiet <seconds>', 'the cleaner has published nothing for so long', '10');
const { anew, quiet } = program.parse().opts<{ readonly anew: boolean; readonly quiet: string }>();

const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const settings = readSettings(rebuildSettings, withServers(process.env), []);
  const log = createLog('rebuild', { level: settings.logLevel });
  const topics = topicsOf(settings.topicPrefix);
  const admin = createKafka({ ...settings, clientId: 'tributary-rebuild', log }).admin();
  const { registryUrl, registryTimeoutMs: timeoutMs } = settings;
  const codec = judgedEventCodec({ registryUrl, timeoutMs, topic: topics.clean });
  const { clickHouseUrl: url, clickHouseDatabase: database } = settings;
  const clickhouse = connectClickHouse({ url, database, application: 'rebuild' });
  const redis = connectRedis({
    url: settings.redisUrl,
    commandTimeoutMs: 60_000,
    onDown: (why) => say(`Redis is away: ${why}`),
    onUp: () => say('Redis is back'),
  });
  await Promise.all([admin.connect(), codec.ready(), refuseEviction(redis), clickhouse.ping()]);
  const begun = Date.now();
  const { records, claims, applications } = await rebuild({
    ...settings,
    ...{ admin, clickhouse, redis, codec, topics, say },
    keys: redisKeys(settings.redisKeyPrefix),
    anew,
    quietMs: Number(quiet) * 1000,
    quietWithinMs: 600_000,
  });
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  process.stdout.write(
    `${records} records: ${claims} claims, ${applications} applications of tags (${seconds} s). ` +
      'The cleaner and interests go on by themselves.\n',
  );
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`rebuild: ${messageOf(error)}\n`, () => process.exit(1));
  },
);
