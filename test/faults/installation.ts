import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Admin, Kafka } from 'kafkajs';
import { setup } from '../../deploy/setup/setup';
import { type Lags, readLags } from '../../deploy/start/lag';
import { type ServiceName, servicePlans } from '../../deploy/start/service-plans';
import {
  noOrderOutlier,
  type OrderOutlier,
  type Tenant,
} from '../../services/shared/domain/tenant';
import { sha256Hex } from '../../services/shared/runtime/hash';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { loadTenants } from '../../services/shared/runtime/tenants';
import { groupNames, groupOf, type Topics, topicsOf } from '../../services/shared/runtime/topics';
import { type ClickHouse, connectClickHouse } from '../../services/shared/stores/clickhouse/client';
import { connectRedis } from '../../services/shared/stores/redis/client';
import { type RedisKeys, redisKeys } from '../../services/shared/stores/redis/keys';
import { eventually } from '../support/eventually';
import { type Auditor, startAuditor } from './auditor';
import { type ServiceProcess, startProcess } from './service-process';

/** Addresses of the servers, as services are told them. */
export type ServerAddresses = Readonly<
  Record<'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'REDIS_URL' | 'CLICKHOUSE_URL', string>
>;

/** Topics, groups, keys, tables and tenants of one run of the fault suite, and its processes. */
export interface Installation {
  /** What its services are told, and every program beside them. */
  readonly env: NodeJS.ProcessEnv;
  readonly topics: Topics;
  readonly clickhouse: ClickHouse;
  readonly clickhouseUrl: string;
  readonly redis: ReturnType<typeof connectRedis>;
  readonly keys: RedisKeys;
  /** Before the name of each consumer group. */
  readonly groupPrefix: string;
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly auditor: Auditor;
  tenant(name: string): Tenant;
  /** Starts one more process of a service, armed with a failpoint or with none (''), and told `more`. */
  start(service: ServiceName, failpoint?: string, more?: NodeJS.ProcessEnv): ServiceProcess;
  running(service: ServiceName): readonly ServiceProcess[];
  /** Every process there ever was. */
  readonly processes: readonly ServiceProcess[];
  /** Base URL of a process of the service; waits for one that listens. */
  url(service: ServiceName): Promise<string>;
  /** Members of the service's consumer groups, where each group has settled on some; else null. */
  members(service: ServiceName): Promise<readonly string[] | null>;
  /** Records that each group has not committed yet. */
  lags(): Promise<Lags>;
  stop(): Promise<void>;
}

export interface InstallationOptions {
  readonly tenantNames: readonly string[];
  readonly alone?: (service: ServiceName) => NodeJS.ProcessEnv;
  /** Of every tenant; no order is held without it. */
  readonly orderOutlier?: OrderOutlier;
  /** Of the review topic; as many as the others have by default. */
  readonly reviewPartitions?: number;
}

/** The write key of a tenant of a run. */
export const writeKeyOf = (tenant: string) => `key-of-${tenant}`;

/** Sets up an installation that nobody else has on the servers; starts no service. `alone`: what one
 *  service is told beside what all are. */
export async function anInstallation(
  servers: ServerAddresses,
  folder: string,
  options: InstallationOptions,
): Promise<Installation> {
  const { tenantNames, alone = () => ({}) } = options;
  const { orderOutlier = noOrderOutlier, reviewPartitions } = options;
  const name = `faults_${randomBytes(4).toString('hex')}`;
  const tenantsFile = join(folder, `${name}.yaml`);
  writeFileSync(tenantsFile, tenantsText(tenantNames, orderOutlier));
  const env = { ...process.env, ...servers, ...quick, ...namesOf(name), TENANTS_FILE: tenantsFile };
  const log = createLog('faults', { level: 'error' });
  const kafka = createKafka({ clientId: name, brokers: servers.KAFKA_BROKERS.split(','), log });
  const clickHouseUrl = servers.CLICKHOUSE_URL;
  const place = { clickHouseUrl, clickHouseDatabase: name, topicPrefix: `${name}.` };
  const registryUrl = servers.SCHEMA_REGISTRY_URL;
  const topics = topicsOf(`${name}.`);
  const admin = kafka.admin();
  await admin.connect();
  if (reviewPartitions !== undefined) await createReview(admin, topics.review, reviewPartitions);
  await setup({ kafka, registryUrl, ...place, partitions: 4, replicationFactor: 1, log });
  const clickhouse = connectClickHouse({ url: clickHouseUrl, database: name });
  const quietly = { onDown: () => {}, onUp: () => {} };
  const redis = connectRedis({ url: servers.REDIS_URL, commandTimeoutMs: 5000, ...quietly });
  const auditor = await startAuditor({ kafka, registryUrl, topics, admin, groupId: name, log });
  const tenants = new Map(loadTenants(tenantsFile, log).map((one) => [one.name, one]));
  const processes: ServiceProcess[] = [];
  const running = (service: ServiceName) =>
    processes.filter((one) => one.name === service && one.isRunning());
  return {
    ...{ env, topics, clickhouse, clickhouseUrl: clickHouseUrl, redis, kafka, admin, auditor },
    ...{ running, processes },
    keys: redisKeys(`${name}:`),
    groupPrefix: `${name}.`,
    tenant(wanted) {
      const found = tenants.get(wanted);
      if (found === undefined) throw new Error(`there is no tenant ${wanted}`);
      return found;
    },
    start(service, failpoint = '', more = {}) {
      const plan = servicePlans.find((one) => one.name === service);
      if (plan === undefined) throw new Error(`there is no service ${service}`);
      const own = { ...alone(service), ...more, FAILPOINT: failpoint };
      const logFile = join(folder, name, `${service}-${processes.length}.log`);
      const started = startProcess(plan, { ...env, ...own }, logFile);
      processes.push(started);
      return started;
    },
    url: (service) => urlOf(() => running(service)),
    async members(service) {
      const names = groupNames.filter((one) => one === service || one.startsWith(`${service}-`));
      const { groups } = await admin.describeGroups(names.map((one) => groupOf(one, `${name}.`)));
      const isSettled = groups.every(({ state }) => state === 'Stable');
      return isSettled ? groups.flatMap(({ members }) => members.map((one) => one.memberId)) : null;
    },
    lags: () => readLags({ admin, topicPrefix: `${name}.`, groupPrefix: `${name}.` }),
    async stop() {
      await Promise.all(processes.map((one) => one.stop()));
      await auditor.stop();
      await admin.deleteTopics({ topics: Object.values(topics) });
      await clickhouse.command(`DROP DATABASE ${name}`);
      await Promise.all([admin.disconnect(), clickhouse.close()]);
      redis.disconnect();
    },
  };
}

async function createReview(admin: Admin, topic: string, numPartitions: number): Promise<void> {
  const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
  const topics = [{ topic, numPartitions, configEntries }];
  await admin.createTopics({ topics, waitForLeaders: true });
}

function urlOf(running: () => readonly ServiceProcess[]): Promise<string> {
  const found = () =>
    running()
      .map((one) => one.url())
      .find((url) => url !== null);
  return eventually(found, { deadlineMs: 120_000, message: 'a process of the service listens' });
}

/** What takes seconds or minutes in service takes less here. */
const quick = {
  // The shortest there is: how long partitions of a killed process wait.
  KAFKA_SESSION_TIMEOUT: '6s',
  METRICS_COVERAGE_EVERY: '300ms',
  METRICS_LEDGER_EVERY: '2s',
  METRICS_STUCK_EVERY: '1s',
  METRICS_LINGER: '300ms',
  METRICS_IDLE: '150ms',
  METRICS_MINUTES_EVERY: '200ms',
  METRICS_HOURS_EVERY: '400ms',
};

function namesOf(name: string) {
  return {
    TOPIC_PREFIX: `${name}.`,
    KAFKA_GROUP_PREFIX: `${name}.`,
    REDIS_KEY_PREFIX: `${name}:`,
    CLICKHOUSE_DATABASE: name,
  };
}

function tenantsText(names: readonly string[], orderOutlier: OrderOutlier): string {
  const entries = names.map((name) => ({
    name,
    writeKeyHashes: [sha256Hex(writeKeyOf(name))],
    ownDomains: ['shop.example'],
    timeZone: 'UTC',
    currency: 'USD',
    allowedAgents: [],
    allowedAddresses: [],
    orderOutlier,
  }));
  // JSON is YAML.
  return JSON.stringify({ tenants: entries });
}
