import { resolve } from 'node:path';

import type { JudgedEvent } from '../shared/domain/outcome';
import { steadyClock, systemClock } from '../shared/runtime/clock';
import type { Codec } from '../shared/runtime/codec';
import { judgedEventCodec, stagePatienceMs } from '../shared/runtime/codecs';
import { readSettings, type SettingsOf } from '../shared/runtime/config';
import { type ConsumerHandle, startConsumer } from '../shared/runtime/consumer';
import { createFailpoints, type Failpoints } from '../shared/runtime/failpoints';
import { kafkaOffsets } from '../shared/runtime/group-offsets';
import { createHttp } from '../shared/runtime/http';
import { createKafka, kafkaFailure } from '../shared/runtime/kafka';
import { createLog, type Log } from '../shared/runtime/log';
import { lookUp } from '../shared/runtime/lookup';
import { createMetrics, type Metrics } from '../shared/runtime/metrics';
import { createPublisher, type Publisher } from '../shared/runtime/publisher';
import { retry } from '../shared/runtime/retry';
import { projectRoot } from '../shared/runtime/root';
import { leaveWhenTold, runService } from '../shared/runtime/run';
import { createStepTimer } from '../shared/runtime/steps';
import { loadTenants } from '../shared/runtime/tenants';
import { cleanedKeys, groupOf, rawKeys, topicsOf } from '../shared/runtime/topics';
import { type ClickHouse, connectClickHouse } from '../shared/stores/clickhouse/client';
import { createCoverageStore } from '../shared/stores/clickhouse/coverage-store';
import { createEventsStore } from '../shared/stores/clickhouse/events-store';
import { createLedgerStore } from '../shared/stores/clickhouse/ledger-store';
import { readLedger } from '../shared/stores/clickhouse/queries/ledger';
import { createStuckWindowsStore } from '../shared/stores/clickhouse/stuck-windows-store';
import { createUserHash } from '../shared/stores/clickhouse/user-hash';
import {
  createWindowsStore,
  createWindowVersions,
} from '../shared/stores/clickhouse/windows-store';
import { metricsSettings } from './config';
import { assertLogsGrew, coverageTask } from './coverage';
import { createGaps } from './gaps';
import { ledgerCheckTask } from './ledger-check';
import { metricsOpenapi } from './openapi';
import { createPipeline, type Pipeline } from './pipeline';
import { createResend } from './resend';
import { createSchedule, type Schedule } from './schedule';
import { createSettled } from './settled';
import { createMetricsStage } from './stage';

type Settings = SettingsOf<typeof metricsSettings>;
type Parts = Awaited<ReturnType<typeof connect>>;

/** How often the schedules look for what is due. */
const tickMs = 25;
/** For what was taken in to be written and recomputed when the process is told to stop. */
const drainMs = 6000;

async function main(): Promise<void> {
  leaveWhenTold();
  const settings = readSettings(metricsSettings, process.env);
  const log = createLog('metrics', { level: settings.logLevel });
  const metrics = createMetrics('metrics');
  const failpoints = createFailpoints(settings.failpoints, log);
  const parts = await connect(settings, failpoints, { log, metrics });
  const { consumer, pipeline } = await consume(
    settings,
    { ...parts, failpoints },
    { log, metrics },
  );
  const watch = createWatch(settings, parts, { log, metrics });
  const timer = setInterval(() => {
    pipeline.tick();
    watch.tick();
  }, tickMs);
  const health = {
    live: { consumer: () => consumer.live(), pipeline: () => pipeline.live() },
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
async function connect(settings: Settings, failpoints: Failpoints, { log, metrics }: Watchers) {
  const topics = topicsOf(settings.topicPrefix);
  const kafka = createKafka({ clientId: 'metrics', ...settings, log });
  const admin = kafka.admin();
  const publisher = failpoints.around(createPublisher({ kafka, metrics }), {
    publish: (topic) =>
      topic === topics.review ? 'metrics.resend' : 'metrics.publish_dead_letter',
    ready: null,
    close: null,
  });
  const { registryUrl, registryTimeoutMs: timeoutMs } = settings;
  const from = { registryUrl, timeoutMs, patienceMs: stagePatienceMs };
  const codec = judgedEventCodec({ ...from, topic: topics.deadLetter });
  const clickhouse = connectClickHouse({
    url: settings.clickHouseUrl,
    database: settings.clickHouseDatabase,
    application: 'metrics',
    maxExecutionMs: settings.statementTimeoutMs,
  });
  const coverage = failpoints.around(createCoverageStore(clickhouse), {
    record: 'metrics.record_ends',
    recorded: null,
    lastSampledAt: null,
  });
  const ledger = failpoints.around(createLedgerStore(clickhouse), {
    ...{ spans: null, rowsAgainst: null, missing: null, shared: null, findings: null },
    recordFindings: 'metrics.record_findings',
    writeVoids: 'metrics.write_voids',
  });
  const offsets = kafkaOffsets(admin, settings);
  const patiently = (work: () => Promise<void>): Promise<void> =>
    retry(work, {
      attempts: Number.POSITIVE_INFINITY,
      baseMs: 200,
      maxMs: 5000,
      onRetry: ({ server, message }) => log.warn({ server, why: message }, 'waiting for a server'),
    });
  await patiently(() => connectAdmin(admin));
  await patiently(() => codec.ready());
  await patiently(() => publisher.ready());
  await patiently(() => clickhouse.ping());
  await patiently(() => assertLogsGrew({ kafka: offsets, store: coverage }));
  return { topics, kafka, admin, publisher, codec, clickhouse, coverage, ledger, offsets };
}

interface Watchers {
  readonly log: Log;
  readonly metrics: Metrics;
}

async function consume(
  settings: Settings,
  parts: Parts & { readonly failpoints: Failpoints },
  watchers: Watchers,
): Promise<{ readonly consumer: ConsumerHandle; readonly pipeline: Pipeline }> {
  const { topics, kafka, codec, failpoints } = parts;
  const timed = createStepTimer(watchers.metrics);
  let handle: ConsumerHandle | null = null;
  const pipeline = createPipeline({
    ...stores(settings, parts, watchers),
    ...watchers,
    codec,
    deadLetters: createDeadLetters(parts.publisher, codec, topics.deadLetter),
    mark: ({ topic, partition, nextOffset }) => handle?.mark(topic, partition, nextOffset),
    onFatal: exitAfter(watchers.log),
    settings: { ...settings, paces: pacesOf(settings) },
    clock: steadyClock,
    timed,
  });
  const consumer = await startConsumer({
    kafka,
    groupId: groupOf('metrics', settings.groupPrefix),
    topics: cleanedKeys.map((key) => topics[key]),
    stage: createMetricsStage({
      ...{ codec, intake: pipeline.intake, timed, ...watchers },
      sources: [...rawKeys, 'review' as const].map((key) => topics[key]),
    }),
    commit: 'marked',
    commitThrough: (call) => failpoints.through('metrics.commit', call),
    onDrained: () => pipeline.drain(AbortSignal.timeout(drainMs)),
    settings,
    ...watchers,
  });
  handle = consumer;
  return { consumer, pipeline };
}

function stores(
  settings: Settings,
  { clickhouse, failpoints }: Pick<Parts, 'clickhouse'> & { readonly failpoints: Failpoints },
  { log, metrics }: Watchers,
) {
  const tenants = loadTenants(resolve(projectRoot, settings.tenantsFile), log);
  const versions = createWindowVersions({
    clickhouse,
    onClock: (behindSeconds) => {
      metrics.set('tributary_window_clock_behind_seconds', {}, behindSeconds);
      if (behindSeconds > 0) log.error({ behindSeconds }, "ClickHouse's clock went back");
    },
  });
  return {
    events: failpoints.around(createEventsStore(clickhouse, createUserHash(settings.userHashKey)), {
      insert: 'metrics.insert_rows',
    }),
    stuck: failpoints.around(createStuckWindowsStore(clickhouse, systemClock.now), {
      list: null,
      setAside: 'metrics.set_aside',
      mended: 'metrics.mend',
    }),
    windows: createWindowsStore({
      ...settings,
      // Between the version and the replacement: where a process that stalls holds an old version.
      clickhouse: failpoints.around<Pick<ClickHouse, 'rows' | 'command'>>(clickhouse, {
        rows: null,
        command: 'metrics.replace_windows',
      }),
      versions: failpoints.around(versions, { next: 'metrics.ask_clock' }),
      zones: new Map(tenants.map(({ name, timeZone }) => [name, timeZone])),
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

/** What is looked at beside the stream: how far the source topics reach, and whether rows and records
 *  are the same. */
function createWatch(settings: Settings, parts: Parts, { log, metrics }: Watchers): Schedule {
  const { clickhouse, coverage, kafka, ledger, offsets, codec, publisher, topics } = parts;
  const shared = { clock: systemClock, log, metrics };
  const { groupPrefix } = settings;
  const gaps = createGaps({
    ...shared,
    clock: steadyClock,
    table: ledger,
    settled: createSettled(offsets),
    lookUp: (ranges) => lookUp(ranges, { kafka, groupPrefix: `${groupPrefix}lookup-` }),
    resend: createResend({ ...publisher, ...codec, topic: topics.review, log }),
  });
  const whole = { tenant: null, from: null, to: null };
  return createSchedule({
    tasks: [
      coverageTask({
        ...shared,
        kafka: offsets,
        store: coverage,
        everyMs: settings.coverageEveryMs,
      }),
      ledgerCheckTask({
        ...{ ...shared, gaps, kafka: offsets, table: ledger, everyMs: settings.ledgerEveryMs },
        ledger: () => readLedger(clickhouse, whole),
      }),
    ],
    clock: steadyClock,
    ...settings,
    onFatal: exitAfter(log),
    log,
  });
}

async function connectAdmin(
  admin: ReturnType<ReturnType<typeof createKafka>['admin']>,
): Promise<void> {
  try {
    await admin.connect();
  } catch (error) {
    throw kafkaFailure(error, 'connecting the admin');
  }
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
