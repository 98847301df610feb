import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { steadyClock, systemClock } from '../shared/runtime/clock';
import { eventCodec } from '../shared/runtime/codecs';
import type { SettingsOf } from '../shared/runtime/config';
import { createFailpoints } from '../shared/runtime/failpoints';
import { sha256Hex } from '../shared/runtime/hash';
import { createHttp } from '../shared/runtime/http';
import { createKafka } from '../shared/runtime/kafka';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';
import { partitionCounts } from '../shared/runtime/partition-counts';
import { createPublisher } from '../shared/runtime/publisher';
import { retry } from '../shared/runtime/retry';
import type { Closable } from '../shared/runtime/run';
import { loadTenants } from '../shared/runtime/tenants';
import { type TenantsWatch, watchTenants } from '../shared/runtime/tenants-watch';
import { rawKeys, topicsOf } from '../shared/runtime/topics';
import type { collectorSettings } from './config';
import { createInFlight } from './in-flight';
import { rawLanes } from './lanes';
import { collectorOpenapi } from './openapi';
import { createOutageLog } from './outage';
import { createRateLimits } from './rate-limits';
import { collectorRoutes } from './routes';
import { createCollectorStage } from './stage';
import { createTurns } from './turns';
import { createWriteKeys, type WriteKeys } from './write-keys';

export type CollectorSettings = SettingsOf<typeof collectorSettings>;

export interface Collector {
  /** Takes requests once it listens. */
  readonly server: FastifyInstance;
  /** To be closed after it, in this order. */
  readonly closes: readonly Closable[];
}

/** A collector on real servers; `tenantsFile` is a path as it stands. Waits for those that are not
 *  there yet. FatalError where the set-up has not been run, or the tenants file is not right. */
export async function createCollector(
  settings: CollectorSettings,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): Promise<Collector> {
  const keys = createWriteKeys(loadTenants(settings.tenantsFile, log));
  const { admin, publisher, codec, lanes } = await connect(settings, log, metrics);
  const inFlight = createInFlight(settings.maxInFlightBytes, (bytes) =>
    metrics.set('tributary_collector_in_flight_bytes', {}, bytes),
  );
  const turns = createTurns();
  const stage = createCollectorStage({
    turns,
    publish: publisher.publish,
    encode: codec.encode,
    lanes,
    inFlight,
    tools: { sha256Hex, randomId: randomUUID },
    clock: systemClock,
    maxEventBytes: settings.maxEventBytes,
    ackTimeoutMs: settings.ackTimeoutMs,
  });
  const health = { live: {}, ready: { kafka: () => admin.describeCluster() } };
  const server = createHttp({ log, metrics, health, openapi: collectorOpenapi });
  server.server.requestTimeout = settings.requestTimeoutMs;
  // Where this one is longer, as it is by default, Node takes each of the two for the other.
  server.server.headersTimeout = settings.requestTimeoutMs;
  await server.register(collectorRoutes, {
    stage,
    ownerOf: keys.ownerOf,
    inFlight,
    turns,
    limits: createRateLimits({ ...settings, clock: steadyClock }),
    metrics,
    onOutage: createOutageLog(log, steadyClock),
    maxRequestBytes: settings.maxRequestBytes,
    maxEvents: settings.maxEvents,
    trustProxy: settings.trustProxy,
  });
  const watch = watchWriteKeys(settings.tenantsFile, keys, log);
  const closes = [
    { name: 'tenants', close: async () => watch.stop() },
    { name: 'publisher', close: () => publisher.close() },
    { name: 'admin', close: () => admin.disconnect() },
  ];
  return { server, closes };
}

/** A key that was taken back is unknown within five seconds, and a new one known. */
function watchWriteKeys(file: string, keys: WriteKeys, log: Log): TenantsWatch {
  return watchTenants(file, {
    log,
    onChange(tenants) {
      const strangers = keys.replace(tenants);
      log.info({ tenants: tenants.length }, 'the write keys were read again');
      if (strangers.length === 0) return;
      const message = 'new tenants: start the services again, this one last';
      log.warn({ tenants: strangers }, message);
    },
  });
}

async function connect(settings: CollectorSettings, log: Log, metrics: Metrics) {
  const topics = topicsOf(settings.topicPrefix);
  const kafka = createKafka({ clientId: 'collector', ...settings, log });
  const admin = kafka.admin();
  const { lingerMs, ackTimeoutMs: timeoutMs, registryUrl, registryTimeoutMs } = settings;
  const publisher = createFailpoints(settings.failpoints, log).around(
    createPublisher({ kafka, metrics, lingerMs, timeoutMs }),
    { publish: 'collector.publish', ready: null, close: null },
  );
  const codec = eventCodec({ registryUrl, timeoutMs: registryTimeoutMs, topic: topics.click });
  const patiently = <T>(work: () => Promise<T>): Promise<T> =>
    retry(work, {
      attempts: Number.POSITIVE_INFINITY,
      baseMs: 200,
      maxMs: 5000,
      onRetry: ({ server, message }) => log.warn({ server, why: message }, 'waiting for a server'),
    });
  const names = rawKeys.map((key) => topics[key]);
  const lanes = rawLanes(topics, await patiently(() => partitionCounts(admin, names)));
  await patiently(() => codec.ready());
  await patiently(() => publisher.ready());
  return { admin, publisher, codec, lanes };
}
