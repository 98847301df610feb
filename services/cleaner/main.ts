import { resolve } from 'node:path';
import { trafficRules } from '../shared/domain/traffic-rules';
import { currentWeightsVersion } from '../shared/domain/weights';
import { systemClock } from '../shared/runtime/clock';
import { eventCodec, judgedEventCodec } from '../shared/runtime/codecs';
import { readSettings, type SettingsOf } from '../shared/runtime/config';
import { type ConsumerHandle, startConsumer } from '../shared/runtime/consumer';
import {
  createFailpoints,
  type FailpointName,
  type Failpoints,
} from '../shared/runtime/failpoints';
import { createHttp } from '../shared/runtime/http';
import { createKafka } from '../shared/runtime/kafka';
import { createLog, type Log } from '../shared/runtime/log';
import { createMetrics, type Metrics } from '../shared/runtime/metrics';
import { createPacer } from '../shared/runtime/pace';
import { createPublisher } from '../shared/runtime/publisher';
import { retry } from '../shared/runtime/retry';
import { projectRoot } from '../shared/runtime/root';
import { runService } from '../shared/runtime/run';
import { createStepTimer } from '../shared/runtime/steps';
import { loadTenants } from '../shared/runtime/tenants';
import { groupOf, rawKeys, type Topics, topicsOf } from '../shared/runtime/topics';
import { createClaims } from '../shared/stores/redis/claims';
import { connectRedis, refuseEviction } from '../shared/stores/redis/client';
import { redisKeys } from '../shared/stores/redis/keys';
import { createKnownPartitions } from '../shared/stores/redis/known-partitions';
import { cleanerSettings } from './config';
import { cleanerOpenapi } from './openapi';
import { createCleanerStage } from './stage';

type Settings = SettingsOf<typeof cleanerSettings>;
type Parts = Awaited<ReturnType<typeof connect>>;

async function main(): Promise<void> {
  const settings = readSettings(cleanerSettings, process.env);
  const log = createLog('cleaner', { level: settings.logLevel });
  const metrics = createMetrics('cleaner');
  const failpoints = createFailpoints(settings.failpoints, log);
  const parts = await connect(settings, failpoints, { log, metrics });
  const { redis, publisher } = parts;
  const consumer = await consume(settings, { ...parts, failpoints }, { log, metrics });
  const pacer = paceImports(settings, parts, { consumer, log, metrics });
  const health = {
    live: { consumer: () => consumer.live() },
    ready: { consumer: () => consumer.ready(), redis: () => redis.ping() },
  };
  const server = createHttp({ log, metrics, health, openapi: cleanerOpenapi });
  await runService({
    name: 'cleaner',
    log,
    http: { server, host: settings.host, port: settings.port },
    consumers: [consumer],
    closes: [
      { name: 'pacer', close: () => pacer.stop() },
      { name: 'publisher', close: () => publisher.close() },
      { name: 'redis', close: async () => redis.disconnect() },
    ],
  });
}

/** Everything the stage stands on; waits for servers that are not there yet. */
async function connect(settings: Settings, failpoints: Failpoints, { log, metrics }: Watchers) {
  const topics = topicsOf(settings.topicPrefix);
  const kafka = createKafka({ clientId: 'cleaner', ...settings, log });
  const publisher = failpoints.around(createPublisher({ kafka, metrics }), {
    publish: publishPoint(topics),
    ready: null,
    close: null,
  });
  const { registryUrl, registryTimeoutMs: timeoutMs } = settings;
  const raw = eventCodec({ registryUrl, timeoutMs, topic: topics.click });
  const judged = judgedEventCodec({ registryUrl, timeoutMs, topic: topics.clean });
  const redis = connectRedis({
    url: settings.redisUrl,
    commandTimeoutMs: settings.redisTimeoutMs,
    onDown: (why) => log.warn({ why }, 'Redis is away: nothing passes until it is back'),
    onUp: () => log.info({}, 'Redis is back'),
  });
  const patiently = (work: () => Promise<void>): Promise<void> =>
    retry(work, {
      attempts: Number.POSITIVE_INFINITY,
      baseMs: 200,
      maxMs: 5000,
      onRetry: ({ server, message }) => log.warn({ server, why: message }, 'waiting for a server'),
    });
  await patiently(() => judged.ready());
  await patiently(() => refuseEviction(redis));
  await patiently(() => publisher.ready());
  return { topics, kafka, publisher, raw, judged, redis };
}

interface Watchers {
  readonly log: Log;
  readonly metrics: Metrics;
}

function publishPoint({ clean, rejected }: Topics) {
  return (topic: string): FailpointName => {
    if (topic === clean) return 'cleaner.publish_clean';
    return topic === rejected ? 'cleaner.publish_rejected' : 'cleaner.publish_dead_letter';
  };
}

function consume(
  settings: Settings,
  { topics, kafka, publisher, raw, judged, redis, failpoints }: Parts & { failpoints: Failpoints },
  { log, metrics }: Watchers,
): Promise<ConsumerHandle> {
  const keys = redisKeys(settings.redisKeyPrefix);
  const rawTopics = rawKeys.map((key) => topics[key]);
  const groupId = groupOf('cleaner', settings.groupPrefix);
  const tenants = loadTenants(resolve(projectRoot, settings.tenantsFile), log);
  const { claimWindowMs: windowMs, claimBucketsPerDay: bucketsPerDay } = settings;
  const clean = createCleanerStage({
    raw,
    review: judged,
    claims: failpoints.around(
      createClaims({
        ...{ redis, keys, topics: rawTopics, windowMs, bucketsPerDay },
        onSetAside: (key) => log.error({ key }, 'set aside: no claims stood in a key of claims'),
      }),
      { claim: 'cleaner.claim' },
    ),
    law: {
      tenants: new Map(tenants.map((tenant) => [tenant.name, tenant])),
      rules: trafficRules,
      weightsVersion: currentWeightsVersion,
    },
    publish: publisher.publish,
    encode: judged.encode,
    topics,
    timed: createStepTimer(metrics),
    metrics,
  });
  const afterMs = 10_000 + 2 * settings.commitEveryMs;
  const known = failpoints.around(
    createKnownPartitions({ redis, keys, group: groupId, afterMs, now: systemClock.now }),
    { note: 'cleaner.note_partition', isKnown: null },
  );
  return startConsumer({
    kafka,
    groupId,
    topics: [...rawTopics, topics.review],
    stage: async (batch) => {
      await clean(batch);
      await known.note(batch.topic, batch.partition);
    },
    known: known.isKnown,
    commitThrough: (call) => failpoints.through('cleaner.commit', call),
    settings,
    log,
    metrics,
  });
}

/** Holds the import lane while the tags are far behind: a backfill never delays a live click. */
function paceImports(
  settings: Settings,
  { topics, kafka }: Parts,
  { consumer, log, metrics }: Watchers & { readonly consumer: ConsumerHandle },
) {
  return createPacer({
    admin: kafka.admin(),
    group: groupOf('interests', settings.groupPrefix),
    topic: topics.clean,
    maxLag: settings.importMaxLag,
    everyMs: settings.importPaceEveryMs,
    onPause: () => consumer.pause([topics.import]),
    onResume: () => consumer.resume([topics.import]),
    log,
    metrics,
  });
}

main().catch((error: unknown) => {
  createLog('cleaner').error({ err: error }, 'the cleaner cannot start');
  process.exitCode = 1;
  // Connections that were opened on the way would keep the process.
  setImmediate(() => process.exit(1));
});
