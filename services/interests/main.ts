import { systemClock } from '../shared/runtime/clock';
import { judgedEventCodec } from '../shared/runtime/codecs';
import { readSettings, type SettingsOf } from '../shared/runtime/config';
import { type ConsumerHandle, startConsumer } from '../shared/runtime/consumer';
import { createFailpoints } from '../shared/runtime/failpoints';
import { createHttp } from '../shared/runtime/http';
import { createKafka } from '../shared/runtime/kafka';
import { createLog, type Log } from '../shared/runtime/log';
import { createMetrics } from '../shared/runtime/metrics';
import { retry } from '../shared/runtime/retry';
import { runService } from '../shared/runtime/run';
import { createStepTimer } from '../shared/runtime/steps';
import { groupOf, topicsOf } from '../shared/runtime/topics';
import { connectRedis, refuseEviction } from '../shared/stores/redis/client';
import { redisKeys } from '../shared/stores/redis/keys';
import { createKnownPartitions } from '../shared/stores/redis/known-partitions';
import { createTagWriter } from '../shared/stores/redis/tag-writer';
import { interestsSettings } from './config';
import { interestsOpenapi } from './openapi';
import { createInterestsStage } from './stage';

type Settings = SettingsOf<typeof interestsSettings>;
type Store = Awaited<ReturnType<typeof connectStore>>;

async function main(): Promise<void> {
  const settings = readSettings(interestsSettings, process.env);
  const log = createLog('interests', { level: settings.logLevel });
  const metrics = createMetrics('interests');
  const store = await connectStore(settings, log);
  const consumer = await consume(settings, store, { log, metrics });
  const health = {
    live: { consumer: () => consumer.live() },
    ready: { consumer: () => consumer.ready(), redis: () => store.redis.ping() },
  };
  const server = createHttp({ log, metrics, health, openapi: interestsOpenapi });
  await runService({
    name: 'interests',
    log,
    http: { server, host: settings.host, port: settings.port },
    consumers: [consumer],
    closes: [{ name: 'redis', close: async () => store.redis.disconnect() }],
  });
}

/** Redis and its keys; waits for a server that is not there yet. */
async function connectStore(settings: Settings, log: Log) {
  const redis = connectRedis({
    url: settings.redisUrl,
    commandTimeoutMs: settings.redisTimeoutMs,
    onDown: (why) => log.warn({ why }, 'Redis is away: nothing is read until it is back'),
    onUp: () => log.info({}, 'Redis is back'),
  });
  await retry(() => refuseEviction(redis), {
    attempts: Number.POSITIVE_INFINITY,
    baseMs: 200,
    maxMs: 5000,
    onRetry: ({ message }) => log.warn({ why: message }, 'waiting for Redis'),
  });
  return { redis, keys: redisKeys(settings.redisKeyPrefix) };
}

function consume(
  settings: Settings,
  { redis, keys }: Store,
  { log, metrics }: { readonly log: Log; readonly metrics: ReturnType<typeof createMetrics> },
): Promise<ConsumerHandle> {
  const failpoints = createFailpoints(settings.failpoints, log);
  const topics = topicsOf(settings.topicPrefix);
  const groupId = groupOf('interests', settings.groupPrefix);
  const { registryUrl, registryTimeoutMs: timeoutMs } = settings;
  const tag = createInterestsStage({
    codec: judgedEventCodec({ registryUrl, timeoutMs, topic: topics.clean }),
    tags: failpoints.around(
      createTagWriter({
        ...{ redis, keys, ttlMs: settings.profileTtlMs },
        onSetAside: (key) => log.error({ key }, "set aside: no tags stood in a user's key"),
      }),
      { apply: 'interests.apply' },
    ),
    topics,
    clock: systemClock,
    timed: createStepTimer(metrics),
    metrics,
    log,
  });
  const afterMs = 10_000 + 2 * settings.commitEveryMs;
  const known = failpoints.around(
    createKnownPartitions({ redis, keys, group: groupId, afterMs, now: systemClock.now }),
    { note: 'interests.note_partition', isKnown: null },
  );
  return startConsumer({
    kafka: createKafka({ clientId: 'interests', ...settings, log }),
    groupId,
    topics: [topics.clean],
    stage: async (batch) => {
      await tag(batch);
      await known.note(batch.topic, batch.partition);
    },
    known: known.isKnown,
    commitThrough: (call) => failpoints.through('interests.commit', call),
    settings,
    log,
    metrics,
  });
}

main().catch((error: unknown) => {
  createLog('interests').error({ err: error }, 'interests cannot start');
  process.exitCode = 1;
  // Connections that were opened on the way would keep the process.
  setImmediate(() => process.exit(1));
});
