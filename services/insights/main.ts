import { join, resolve } from 'node:path';
import { systemClock } from '../shared/runtime/clock';
import { judgedEventCodec } from '../shared/runtime/codecs';
import { readSettings, type SettingsOf } from '../shared/runtime/config';
import { createFailpoints } from '../shared/runtime/failpoints';
import { readFolder } from '../shared/runtime/folder';
import { createHttp } from '../shared/runtime/http';
import { createKafka } from '../shared/runtime/kafka';
import { createLog, type Log } from '../shared/runtime/log';
import { createMetrics, type Metrics } from '../shared/runtime/metrics';
import { partitionCounts } from '../shared/runtime/partition-counts';
import { createPublisher } from '../shared/runtime/publisher';
import { projectRoot } from '../shared/runtime/root';
import { leaveWhenTold, runService } from '../shared/runtime/run';
import { loadTenants } from '../shared/runtime/tenants';
import { topicsOf } from '../shared/runtime/topics';
import { connectClickHouse } from '../shared/stores/clickhouse/client';
import { createFactsReader } from '../shared/stores/clickhouse/queries/facts-reader';
import { answerOf, connectRedis } from '../shared/stores/redis/client';
import { redisKeys } from '../shared/stores/redis/keys';
import { createTags } from '../shared/stores/redis/tags';
import { insightsSettings } from './config';
import { createInterestsPages } from './interests-pages';
import { createReviewTopic } from './review-topic';
import { insightsRoutes } from './routes';
import { timed } from './timed';

async function main(): Promise<void> {
  leaveWhenTold();
  const settings = readSettings(insightsSettings, process.env);
  const log = createLog('insights', { level: settings.logLevel });
  const metrics = createMetrics('insights');
  const tenants = loadTenants(resolve(projectRoot, settings.tenantsFile), log);
  const clickhouse = connectClickHouse({
    url: settings.clickHouseUrl,
    database: settings.clickHouseDatabase,
    application: 'insights',
    maxExecutionMs: settings.queryTimeoutMs,
    maxConnections: settings.queriesAtOnce,
  });
  const redis = connectRedis({
    url: settings.redisUrl,
    commandTimeoutMs: settings.redisTimeoutMs,
    onDown: (why) => log.warn({ why }, 'Redis is down'),
    onUp: () => log.info({}, 'Redis is back'),
  });
  const { admin, publisher, decisions } = reviewTopic(settings, log, metrics);
  const server = createHttp({
    log,
    metrics,
    health: {
      live: {},
      ready: { clickhouse: () => clickhouse.ping(), redis: () => answerOf(redis.ping()) },
    },
    openapi: () => server.swagger(),
  });
  await insightsRoutes(server, {
    ...settings,
    tenants,
    facts: timed(createFactsReader(clickhouse), 'clickhouse', metrics),
    interests: timed(createTags(redis, redisKeys(settings.redisKeyPrefix)), 'redis', metrics),
    decisions,
    latency: createInterestsPages(settings.interestsUrls),
    pages: readFolder(join(projectRoot, 'services', 'insights', 'pages')),
    clock: systemClock,
  });
  await runService({
    name: 'insights',
    log,
    http: { server, host: settings.host, port: settings.port },
    closes: [
      { name: 'publisher', close: () => publisher.close() },
      { name: 'admin', close: () => admin.disconnect() },
      { name: 'clickhouse', close: () => clickhouse.close() },
      { name: 'redis', close: async () => redis.disconnect() },
    ],
  });
}

/** The way to the review topic; nothing is asked of Kafka before the first decision. */
function reviewTopic(settings: SettingsOf<typeof insightsSettings>, log: Log, metrics: Metrics) {
  const { registryUrl, registryTimeoutMs: timeoutMs } = settings;
  const topic = topicsOf(settings.topicPrefix).review;
  const kafka = createKafka({ clientId: 'insights', ...settings, log });
  const admin = kafka.admin();
  const publisher = createFailpoints(settings.failpoints, log).around(
    createPublisher({ kafka, metrics }),
    { publish: 'insights.publish_decision', ready: null, close: null },
  );
  const codec = judgedEventCodec({ registryUrl, timeoutMs, topic });
  const counts = (topics: readonly string[]) => partitionCounts(admin, topics);
  const decisions = createReviewTopic({ topic, publisher, codec, partitionCounts: counts });
  return { admin, publisher, decisions };
}

main().catch((error: unknown) => {
  createLog('insights').error({ err: error }, 'insights cannot start');
  process.exitCode = 1;
  setImmediate(() => process.exit(1));
});
