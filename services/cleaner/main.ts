import { resolve } from 'node:path';
import { nameOf } from '../shared/domain/ledger';
import { trafficRules } from '../shared/domain/traffic-rules';
import { currentWeightsVersion } from '../shared/domain/weights';
import { createReadCleaned } from '../shared/runtime/cleaned-record';
import { steadyClock } from '../shared/runtime/clock';
import { eventCodec, judgedEventCodec, stagePatienceMs } from '../shared/runtime/codecs';
import { readSettings, type SettingsOf } from '../shared/runtime/config';
import { type ConsumerHandle, startConsumer } from '../shared/runtime/consumer';
import {
  createFailpoints,
  type FailpointName,
  type Failpoints,
} from '../shared/runtime/failpoints';
import type { Place } from '../shared/runtime/group-offsets';
import { createHttp } from '../shared/runtime/http';
import { createKafka, kafkaFailure, logBounds } from '../shared/runtime/kafka';
import { createLog, type Log } from '../shared/runtime/log';
import { lookUp } from '../shared/runtime/lookup';
import { createMetrics, type Metrics } from '../shared/runtime/metrics';
import { createPublisher } from '../shared/runtime/publisher';
import { retry } from '../shared/runtime/retry';
import { projectRoot } from '../shared/runtime/root';
import { leaveWhenTold, runService } from '../shared/runtime/run';
import type { Stage } from '../shared/runtime/stage';
import { stateReactions } from '../shared/runtime/state-reactions';
import { createStepTimer } from '../shared/runtime/steps';
import { loadTenants } from '../shared/runtime/tenants';
import { groupOf, rawKeys, type Topics, topicsOf } from '../shared/runtime/topics';
import { createCanary } from '../shared/stores/redis/canary';
import { createClaims } from '../shared/stores/redis/claims';
import { connectRedis, refuseEviction } from '../shared/stores/redis/client';
import { redisKeys } from '../shared/stores/redis/keys';
import { createKnownPartitions } from '../shared/stores/redis/known-partitions';
import { readMemory } from '../shared/stores/redis/memory';
import { createOrderMemory } from '../shared/stores/redis/order-memory';
import { createPublished } from '../shared/stores/redis/published';
import { createReached } from '../shared/stores/redis/reached';
import {
  type CompleteServer,
  createRedisState,
  type RedisState,
} from '../shared/stores/redis/state';
import { createBreaker, noBreaker } from './breaker';
import { cleanerSettings } from './config';
import { type Lane, lanesOf, paceImports } from './lanes';
import { watchMemory } from './memory';
import { cleanerOpenapi } from './openapi';
import { reclaim } from './reclaim';
import { createCleanerStage } from './stage';
import { claimOptions, orderOptions } from './stores';

type Settings = SettingsOf<typeof cleanerSettings>;
type Parts = Awaited<ReturnType<typeof connect>>;

async function main(): Promise<void> {
  leaveWhenTold();
  const settings = readSettings(cleanerSettings, process.env);
  const log = createLog('cleaner', { level: settings.logLevel });
  const metrics = createMetrics('cleaner');
  const failpoints = createFailpoints(settings.failpoints, log);
  const parts = await connect(settings, failpoints, { log, metrics });
  const { redis, publisher, topics } = parts;
  const consumers: ConsumerHandle[] = [];
  const state = watchState(settings, { ...parts, failpoints, consumers }, { log, metrics });
  const clean = createStage(settings, { ...parts, failpoints, state }, { log, metrics });
  const lanes = lanesOf(settings, topics);
  const shared = { ...parts, failpoints, state, clean, log, metrics };
  const [live, imports] = await Promise.all([
    consume(lanes.live, settings, shared),
    consume(lanes.import, settings, shared),
  ]);
  consumers.push(live, imports);
  const admin = parts.kafka.admin();
  const pacer = paceImports(settings, { topics, admin, consumer: imports, log, metrics });
  const stopMemory = watchMemory({ read: () => readMemory(redis), metrics, log });
  const health = {
    live: { consumer: () => live.live(), imports: () => imports.live() },
    ready: {
      consumer: () => live.ready(),
      imports: () => imports.ready(),
      redis: () => redis.ping(),
      state: () => ({ ok: state.lost() === null, why: state.lost() ?? '' }),
    },
  };
  const server = createHttp({ log, metrics, health, openapi: cleanerOpenapi });
  await runService({
    name: 'cleaner',
    log,
    http: { server, host: settings.host, port: settings.port },
    consumers: [live, imports],
    closes: [
      { name: 'memory', close: async () => stopMemory() },
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
  const acknowledged = new Map<string, Place>();
  const onAcknowledged = (place: Place) => void acknowledged.set(nameOf(place), place);
  const publisher = failpoints.around(createPublisher({ kafka, metrics, onAcknowledged }), {
    publish: publishPoint(topics),
    ready: null,
    close: null,
  });
  const { registryUrl, registryTimeoutMs: timeoutMs } = settings;
  const mostUnknown = settings.decodeBreaker ? undefined : Number.POSITIVE_INFINITY;
  const from = { registryUrl, timeoutMs, patienceMs: stagePatienceMs };
  const raw = eventCodec({ ...from, topic: topics.click, mostUnknown });
  const judged = judgedEventCodec({ ...from, topic: topics.clean });
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
  const keys = redisKeys(settings.redisKeyPrefix);
  return { topics, kafka, publisher, acknowledged, raw, judged, redis, keys };
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
      begin: 'cleaner.begin_state',
    }),
    onDisconnected: (callback) => redis.on('close', callback),
    ...stateReactions({ ...settings, ...parts, ...watchers }),
    complete: (server) => completeClaims(server, settings, { ...parts, ...watchers }),
  });
}

/** Claims that a server has lost, made again from what was published under them. */
async function completeClaims(
  { runId, canary }: CompleteServer,
  settings: Settings,
  parts: Parts & Watchers & { failpoints: Failpoints },
): Promise<void> {
  const { kafka, redis, keys, judged: codec, topics, failpoints, log, metrics } = parts;
  const server = { redis, keys, state: { assured: async () => canary, doubt: () => {} } };
  const published = failpoints.around(
    createPublished(server, groupOf('cleaner', settings.groupPrefix)),
    { ...{ read: null, record: null }, whole: 'cleaner.reclaimed' },
  );
  const admin = kafka.admin();
  const groupPrefix = `${settings.groupPrefix}lookup-`;
  const sources = new Set(rawKeys.map((key) => topics[key]));
  try {
    await admin.connect();
    await reclaim(runId, {
      ...{ codec, topics, log, readCleaned: createReadCleaned({ sources, metrics, log }) },
      published,
      claims: failpoints.around(createClaims({ ...server, ...claimOptions(settings, parts) }), {
        claim: 'cleaner.reclaim',
      }),
      orders: failpoints.around(
        createOrderMemory({ ...server, ...orderOptions(settings, parts) }),
        {
          ...{ read: null, add: null },
          keep: 'cleaner.reclaim_evidence',
        },
      ),
      bounds: (topic) => logBounds(admin, topic),
      lookUp: (ranges) => lookUp(ranges, { kafka, groupPrefix }),
    });
  } catch (error) {
    throw kafkaFailure(error, 'looking for what was published');
  } finally {
    await admin.disconnect();
  }
}

function createStage(
  settings: Settings,
  parts: Parts & { failpoints: Failpoints; state: RedisState },
  { log, metrics }: Watchers,
): Stage {
  const { topics, publisher, raw, judged, redis, keys, state, failpoints } = parts;
  const server = { redis, keys, state };
  const tenants = loadTenants(resolve(projectRoot, settings.tenantsFile), log);
  return createCleanerStage({
    raw,
    review: judged,
    claims: failpoints.around(
      createClaims({ ...server, ...claimOptions(settings, { topics, log }) }),
      { claim: 'cleaner.claim' },
    ),
    orders: failpoints.around(
      createOrderMemory({ ...server, ...orderOptions(settings, { log }) }),
      { read: null, keep: 'cleaner.keep_evidence', add: 'cleaner.remember_orders' },
    ),
    law: {
      tenants: new Map(tenants.map((tenant) => [tenant.name, tenant])),
      rules: trafficRules,
      weightsVersion: currentWeightsVersion,
    },
    breaker: settings.decodeBreaker ? createBreaker(steadyClock.now) : noBreaker,
    publish: publisher.publish,
    encode: judged.encode,
    topics,
    timed: createStepTimer(metrics),
    metrics,
  });
}

type Shared = Parts & Watchers & { failpoints: Failpoints; state: RedisState; clean: Stage };

function consume(
  { group, topics, settings: consumerSettings }: Lane,
  settings: Settings,
  { kafka, redis, keys, state, failpoints, acknowledged, clean, log, metrics }: Shared,
): Promise<ConsumerHandle> {
  const groupId = groupOf(group, settings.groupPrefix);
  const afterMs = 10_000 + 2 * settings.commitEveryMs;
  const known = failpoints.around(
    createKnownPartitions({
      ...{ redis, keys, state, group: groupId, afterMs },
      now: steadyClock.now,
    }),
    { note: 'cleaner.note_partition', isKnown: null },
  );
  const server = { redis, keys, state };
  const reached = failpoints.around(createReached(server, groupId), {
    offset: null,
    record: 'cleaner.record_reached',
  });
  const published = failpoints.around(
    createPublished(server, groupOf('cleaner', settings.groupPrefix)),
    { ...{ read: null, whole: null }, record: 'cleaner.record_published' },
  );
  return startConsumer({
    kafka,
    groupId,
    topics,
    stage: async (batch) => {
      await clean(batch);
      await known.note(batch.topic, batch.partition);
    },
    known: known.isKnown,
    reached: {
      offset: reached.offset,
      async record(places) {
        await published.record([...acknowledged.values()]);
        await reached.record(places);
      },
    },
    commitThrough: (call) => failpoints.through('cleaner.commit', call),
    settings: consumerSettings,
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
