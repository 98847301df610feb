import { resolve } from 'node:path';

import type { JudgedEvent } from '../shared/domain/outcome';
import { systemClock } from '../shared/runtime/clock';
import type { Codec } from '../shared/runtime/codec';
import { judgedEventCodec } from '../shared/runtime/codecs';
import { readSettings, type SettingsOf } from '../shared/runtime/config';
import { type ConsumerHandle, startConsumer } from '../shared/runtime/consumer';
import { createHttp } from '../shared/runtime/http';
import { createKafka, kafkaFailure, logBounds } from '../shared/runtime/kafka';
import { createLog, type Log } from '../shared/runtime/log';
import { createMetrics, type Metrics } from '../shared/runtime/metrics';
import { createPublisher, type Publisher } from '../shared/runtime/publisher';
import { retry } from '../shared/runtime/retry';
import { projectRoot } from '../shared/runtime/root';
import { runService } from '../shared/runtime/run';
import { createStepTimer } from '../shared/runtime/steps';
import { loadTenants } from '../shared/runtime/tenants';
import { cleanedKeys, groupOf, rawKeys, topicsOf } from '../shared/runtime/topics';
import { type ClickHouse, connectClickHouse } from '../shared/stores/clickhouse/client';
import { createCoverageStore } from '../shared/stores/clickhouse/coverage-store';
import { createEventsStore } from '../shared/stores/clickhouse/events-store';
import { readLedger } from '../shared/stores/clickhouse/queries/ledger';
import { createStuckWindowsStore } from '../shared/stores/clickhouse/stuck-windows-store';
import { createUserHash } from '../shared/stores/clickhouse/user-hash';
import { createWindowsStore } from '../shared/stores/clickhouse/windows-store';
import { metricsSettings } from './config';
import { assertLogsGrew, coverageTask, ledgerCheckTask } from './coverage';
import { metricsOpenapi } from './openapi';
import { createPipeline, type Pipeline } from './pipeline';
import { createSchedule, type Schedule } from './schedule';
import { createMetricsStage } from './stage';

type Settings = SettingsOf<typeof metricsSettings>;
type Parts = Awaited<ReturnType<typeof connect>>;
type Admin = Parameters<typeof logBounds>[0];

/** How often the schedules look for what is due. */
const tickMs = 25;
/** For what was taken in to be written and recomputed when the process is told to stop. */
const drainMs = 6000;

async function main(): Promise<void> {
  const settings = readSettings(metricsSettings, process.env);
  const log = createLog('metrics', { level: settings.logLevel });
  const metrics = createMetrics('metrics');
  const parts = await connect(settings, log, metrics);
  const { consumer, pipeline } = await consume(settings, parts, { log, metrics });
  const watch = createWatch(settings, parts, { log, metrics });
  const timer = setInterval(() => {
    pipeline.tick();
    watch.tick();
  }, tickMs);
  const health = {
    live: { consumer: () => consumer.live() },
    ready: { consumer: () => consumer.ready(), clickhouse: () => parts.clickhouse.ping() },
  };
  const server = createHttp({ log, metrics, health, openapi: metricsOpenapi });
  await runService({
    name: 'metrics',
    log,
    http: { server, host: settings.host, port: settings.port },
    consumers: [consumer],
    closes: [
      { name: 'timer', close: async () => clearInterval(timer) },
      { name: 'watch', close: () => watch.stop() },
      { name: 'publisher', close: () => parts.publisher.close() },
      { name: 'admin', close: () => parts.admin.disconnect() },
      { name: 'clickhouse', close: () => parts.clickhouse.close() },
    ],
  });
}

/** Everything the pipeline stands on; waits for servers that are not there yet. */
async function connect(settings: Settings, log: Log, metrics: Metrics) {
  const topics = topicsOf(settings.topicPrefix);
  const kafka = createKafka({ clientId: 'metrics', ...settings, log });
  const admin = kafka.admin();
  const publisher = createPublisher({ kafka, metrics });
  const { registryUrl, registryTimeoutMs: timeoutMs } = settings;
  const codec = judgedEventCodec({ registryUrl, timeoutMs, topic: topics.deadLetter });
  const clickhouse = connectClickHouse({
    url: settings.clickHouseUrl,
    database: settings.clickHouseDatabase,
    application: 'metrics',
    maxExecutionMs: settings.statementTimeoutMs,
  });
  const coverage = createCoverageStore(clickhouse);
  const patiently = (work: () => Promise<void>): Promise<void> =>
    retry(work, {
      attempts: Number.POSITIVE_INFINITY,
      baseMs: 200,
      maxMs: 5000,
      onRetry: ({ server, message }) => log.warn({ server, why: message }, 'waiting for a server'),
    });
  const sourceLogs = () => readLogs(admin, settings);
  await patiently(() => connectAdmin(admin));
  await patiently(() => codec.ready());
  await patiently(() => publisher.ready());
  await patiently(() => clickhouse.ping());
  await patiently(() => assertLogsGrew({ kafka: { logs: sourceLogs }, store: coverage }));
  return { topics, kafka, admin, publisher, codec, clickhouse, coverage, sourceLogs };
}

interface Watchers {
  readonly log: Log;
  readonly metrics: Metrics;
}

async function consume(
  settings: Settings,
  parts: Parts,
  watchers: Watchers,
): Promise<{ readonly consumer: ConsumerHandle; readonly pipeline: Pipeline }> {
  const { topics, kafka, codec } = parts;
  const timed = createStepTimer(watchers.metrics);
  let handle: ConsumerHandle | null = null;
  const pipeline = createPipeline({
    ...stores(settings, parts.clickhouse, watchers),
    ...watchers,
    codec,
    deadLetters: createDeadLetters(parts.publisher, codec, topics.deadLetter),
    mark: ({ topic, partition, nextOffset }) => handle?.mark(topic, partition, nextOffset),
    onFatal: exitAfter(watchers.log),
    settings: { ...settings, paces: pacesOf(settings) },
    clock: systemClock,
    timed,
  });
  const consumer = await startConsumer({
    kafka,
    groupId: groupOf('metrics', settings.groupPrefix),
    topics: cleanedKeys.map((key) => topics[key]),
    stage: createMetricsStage({ codec, intake: pipeline.intake, timed }),
    commit: 'marked',
    onDrained: () => pipeline.drain(drainMs),
    settings,
    ...watchers,
  });
  handle = consumer;
  return { consumer, pipeline };
}

function stores(settings: Settings, clickhouse: ClickHouse, { log, metrics }: Watchers) {
  const tenants = loadTenants(resolve(projectRoot, settings.tenantsFile), log);
  return {
    events: createEventsStore(clickhouse, createUserHash(settings.userHashKey)),
    stuck: createStuckWindowsStore(clickhouse, systemClock.now),
    windows: createWindowsStore({
      ...settings,
      clickhouse,
      zones: new Map(tenants.map(({ name, timeZone }) => [name, timeZone])),
      onClock: (behindSeconds) => {
        metrics.set('tributary_window_clock_behind_seconds', {}, behindSeconds);
        if (behindSeconds > 0) log.error({ behindSeconds }, "ClickHouse's clock went back");
      },
    }),
  };
}

function pacesOf({ restFactor, minutesEveryMs, hoursEveryMs }: Settings) {
  return {
    channel_1m: { restFactor, everyMs: minutesEveryMs, idleEveryMs: minutesEveryMs },
    funnel_1h: { restFactor, everyMs: hoursEveryMs, idleEveryMs: minutesEveryMs },
  };
}

function createDeadLetters(publisher: Publisher, codec: Codec<JudgedEvent>, topic: string) {
  return {
    publish: (letter: JudgedEvent) =>
      publisher.publish(topic, letter.source.partition, [
        { key: null, value: codec.encode(letter) },
      ]),
  };
}

/** What is looked at beside the stream: how far the source topics reach, and what has no row. */
function createWatch(settings: Settings, parts: Parts, { log, metrics }: Watchers): Schedule {
  const { clickhouse, coverage, sourceLogs } = parts;
  return createSchedule({
    tasks: [
      coverageTask({
        kafka: { logs: sourceLogs },
        store: coverage,
        clock: systemClock,
        everyMs: settings.coverageEveryMs,
      }),
      ledgerCheckTask({
        ledger: () => readLedger(clickhouse, { tenant: null, from: null, to: null }),
        everyMs: settings.ledgerEveryMs,
        metrics,
      }),
    ],
    clock: systemClock,
    ...settings,
    onFatal: exitAfter(log),
    log,
  });
}

async function connectAdmin(admin: Admin): Promise<void> {
  try {
    await admin.connect();
  } catch (error) {
    throw kafkaFailure(error, 'connecting the admin');
  }
}

async function readLogs(admin: Admin, { topicPrefix }: Settings) {
  const topics = topicsOf(topicPrefix);
  const found = await Promise.all(
    rawKeys.map(async (key) => ({
      topic: topics[key],
      bounds: await logBounds(admin, topics[key]),
    })),
  );
  return found.flatMap(({ topic, bounds }) =>
    [...bounds].map(([partition, { low, high }]) => ({
      topic,
      partition,
      logStart: low,
      logEnd: high,
    })),
  );
}

function exitAfter(log: Log): (error: Error) => never {
  return (error) => {
    log.error({ err: error }, 'stops rather than skip a record');
    process.exit(1);
  };
}

main().catch((error: unknown) => {
  createLog('metrics').error({ err: error }, 'metrics cannot start');
  process.exitCode = 1;
  // Connections that were opened on the way would keep the process.
  setImmediate(() => process.exit(1));
});
