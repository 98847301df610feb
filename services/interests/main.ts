import { steadyClock, systemClock } from '../shared/runtime/clock';
import { judgedEventCodec, stagePatienceMs } from '../shared/runtime/codecs';
import { readSettings, type SettingsOf } from '../shared/runtime/config';
import { type ConsumerHandle, startConsumer } from '../shared/runtime/consumer';
import { createFailpoints, type Failpoints } from '../shared/runtime/failpoints';
import { createHttp } from '../shared/runtime/http';
import { createKafka } from '../shared/runtime/kafka';
import { createLog, type Log } from '../shared/runtime/log';
import { createMetrics, type Metrics } from '../shared/runtime/metrics';
import { retry } from '../shared/runtime/retry';
import { leaveWhenTold, runService } from '../shared/runtime/run';
import { stateReactions } from '../shared/runtime/state-reactions';
import { createStepTimer } from '../shared/runtime/steps';
import { groupOf, topicsOf } from '../shared/runtime/topics';
import { createCanary } from '../shared/stores/redis/canary';
import { connectRedis, refuseEviction } from '../shared/stores/redis/client';
import { redisKeys } from '../shared/stores/redis/keys';
import { createKnownPartitions } from '../shared/stores/redis/known-partitions';
import { createReached } from '../shared/stores/redis/reached';
import { createRedisState, type RedisState } from '../shared/stores/redis/state';
import { createTagWriter } from '../shared/stores/redis/tag-writer';
import { interestsSettings } from './config';
import { interestsOpenapi } from './openapi';
import { createInterestsStage } from './stage';

type Settings = SettingsOf<typeof interestsSettings>;
type Parts = Awaited<ReturnType<typeof connect>>;

interface Watchers {
  readonly log: Log;
  readonly metrics: Metrics;
}

async function main(): Promise<void> {
  leaveWhenTold();
  const settings = readSettings(interestsSettings, process.env);
  const log = createLog('interests', { level: settings.logLevel });
  const metrics = createMetrics('interests');
  const failpoints = createFailpoints(settings.failpoints, log);
  const parts = await connect(settings, log);
  const { redis } = parts;
  const consumers: ConsumerHandle[] = [];
  const state = watchState(settings, { ...parts, failpoints, consumers }, { log, metrics });
  const consumer = await consume(settings, { ...parts, failpoints, state }, { log, metrics });
  consumers.push(consumer);
  const health = {
    live: { consumer: () => consumer.live() },
    ready: {
      consumer: () => consumer.ready(),
      redis: () => redis.ping(),
      state: () => ({ ok: state.lost() === null, why: state.lost() ?? '' }),
    },
  };
  const server = createHttp({ log, metrics, health, openapi: interestsOpenapi });
  await runService({
    name: 'interests',
    log,
    http: { server, host: settings.host, port: settings.port },
    consumers: [consumer],
    closes: [{ name: 'redis', close: async () => redis.disconnect() }],
  });
}

/** Kafka, Redis and its keys; waits for a Redis that is not there yet. */
async function connect(settings: Settings, log: Log) {
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
  const kafka = createKafka({ clientId: 'interests', ...settings, log });
  return { kafka, redis, keys: redisKeys(settings.redisKeyPrefix) };
}

/** Whether Redis still has what was written to it; the consumers go back where it may lack something. */
function watchState(
  settings: Settings,
  parts: Parts & { failpoints: Failpoints; consumers: readonly ConsumerHandle[] },
  watchers: Watchers,
): RedisState {
  const { redis, keys, failpoints } = parts;
  return createRedisState({
    canary: failpoints.around(createCanary(redis, keys), {
      sign: null,
      begin: 'interests.begin_state',
    }),
    onDisconnected: (callback) => redis.on('close', callback),
    ...stateReactions({ ...settings, ...parts, ...watchers }),
  });
}

function consume(
  settings: Settings,
  { kafka, redis, keys, state, failpoints }: Parts & { failpoints: Failpoints; state: RedisState },
  { log, metrics }: Watchers,
): Promise<ConsumerHandle> {
  const server = { redis, keys, state };
  const topics = topicsOf(settings.topicPrefix);
  const groupId = groupOf('interests', settings.groupPrefix);
  const { registryUrl, registryTimeoutMs: timeoutMs } = settings;
  const tag = createInterestsStage({
    codec: judgedEventCodec({
      ...{ registryUrl, timeoutMs, topic: topics.clean },
      patienceMs: stagePatienceMs,
    }),
    tags: failpoints.around(
      createTagWriter({
        ...{ ...server, ttlMs: settings.profileTtlMs },
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
    createKnownPartitions({ ...server, group: groupId, afterMs, now: steadyClock.now }),
    { note: 'interests.note_partition', isKnown: null },
  );
  return startConsumer({
    kafka,
    groupId,
    topics: [topics.clean],
    stage: async (batch) => {
      await tag(batch);
      await known.note(batch.topic, batch.partition);
    },
    known: known.isKnown,
    reached: failpoints.around(createReached(server, groupId), {
      offset: null,
      record: 'interests.record_reached',
    }),
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
