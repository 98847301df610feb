import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { freePorts, startServers } from '../../deploy/local/servers';
import { setUpTopics } from '../../deploy/setup/topics';
import { startService } from '../../deploy/start/service';
import { servicePlans } from '../../deploy/start/service-plans';
import { ProcessMeter } from '../../deploy/summary/processes';
import { createKafka, logBounds } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { createRegistry } from '../../services/shared/runtime/registry';
import { schemaText } from '../../services/shared/runtime/schema-files';
import { rawKeys, subjectOf, topicsOf } from '../../services/shared/runtime/topics';

/** A collector on servers of its own, and nobody who reads what it writes. */
export interface Bed {
  readonly port: number;
  readonly meter: ProcessMeter;
  /** Records in the raw topics since the start: ends of the logs, whatever retention has removed. */
  recorded(): Promise<number>;
  /** Bytes of requests that the collector has not answered: of those whose clients are gone too. */
  inFlightBytes(): Promise<number>;
  restarts(): number;
  stop(): Promise<void>;
}

/** Beyond what one machine can send: the limits of a tenant are not what is measured. */
const unlimited = {
  COLLECTOR_KEY_EVENTS_PER_SECOND: '10000000',
  COLLECTOR_ADDRESS_REQUESTS_PER_SECOND: '10000000',
};

/** So that a long run does not fill the disk. Altering replaces what the set-up had configured. */
const configEntries = [
  { name: 'message.timestamp.type', value: 'LogAppendTime' },
  { name: 'retention.bytes', value: String(256 * 2 ** 20) },
  { name: 'segment.bytes', value: String(64 * 2 ** 20) },
];

const topics = topicsOf('');
const rawTopics = rawKeys.map((key) => topics[key]);
const log = createLog('bench', { level: 'error' });

export async function startBed(
  given: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<Bed> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  const dataDir = join(folder, 'data');
  const [ports, { kafka: collectorPort }] = [await freePorts(), await freePorts()];
  const servers = await startServers({ dataDir, ports, fresh: true, env: given, say });
  const env = { ...given, ...servers.env, ...unlimited, COLLECTOR_PORT: String(collectorPort) };
  const meter = new ProcessMeter();
  for (const [name, pid] of Object.entries(servers.pids)) meter.watch(name, pid);
  const sampling = setInterval(() => meter.sample(), 500);
  const brokers = servers.env.KAFKA_BROKERS.split(',');
  const admin = createKafka({ clientId: 'bench', brokers, log }).admin();
  await prepare(admin, servers.env.SCHEMA_REGISTRY_URL);
  const plan = servicePlans.find(({ name }) => name === 'collector');
  if (plan === undefined) throw new Error('there is no plan for a collector');
  const started = (_name: string, pid: number) => meter.watch('collector', pid);
  const collector = await startService(plan, { env, folder, say, started });
  const before = await recordsIn(admin);
  return {
    port: collectorPort,
    meter,
    inFlightBytes: () => inFlightBytes(collector.url),
    recorded: async () => (await recordsIn(admin)) - before,
    restarts: () => collector.restarts(),
    async stop() {
      clearInterval(sampling);
      await collector.stop();
      await admin.disconnect();
      await servers.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function prepare(admin: Admin, registryUrl: string): Promise<void> {
  await setUpTopics({ admin, topics, partitions: 4, replicationFactor: 1, log });
  await createRegistry({ registryUrl }).register(subjectOf(topics.click), schemaText('event'));
  const resources = rawTopics.map((name) => ({
    type: ConfigResourceTypes.TOPIC,
    name,
    configEntries,
  }));
  await admin.alterConfigs({ validateOnly: false, resources });
}

async function recordsIn(admin: Admin): Promise<number> {
  const bounds = await Promise.all(rawTopics.map((topic) => logBounds(admin, topic)));
  const highs = bounds.flatMap((partitions) => [...partitions.values()].map(({ high }) => high));
  return highs.reduce((sum, high) => sum + high, 0);
}

async function inFlightBytes(collectorUrl: string): Promise<number> {
  const page = await (await fetch(`${collectorUrl}/metrics`)).text();
  const value = /^tributary_collector_in_flight_bytes\S* (\d+)$/m.exec(page)?.[1];
  if (value === undefined) throw new Error('the collector does not say what it has in flight');
  return Number(value);
}
