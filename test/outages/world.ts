import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type LocalServers, startServers } from '../../deploy/local/servers';
import type { ServiceName } from '../../deploy/start/service-plans';
import { projectRoot } from '../../services/shared/runtime/root';
import { connectRedis } from '../../services/shared/stores/redis/client';
import { anInstallation, type Installation } from '../faults/installation';
import { oneProcess } from '../faults/running';
import { aFaultProxy, type FaultProxy } from '../support/fault-proxy';
import { type AnotherBroker, startAnotherBroker } from './another-broker';
import { type Disks, mountDisks } from './disks';

export const everyService: readonly ServiceName[] = [
  'collector',
  'cleaner',
  'interests',
  'metrics',
];

/** A tenant beside those of the rows, for what a row sends by itself and looks after by itself. */
export const asideTenant = 'aside';

/** An installation whose servers can be broken, one by one: its services reach them over links, and
 *  whoever looks at it afterwards does not. */
export interface World {
  readonly installation: Installation;
  readonly servers: LocalServers;
  /** `kafka` is the collector's way there, and nobody else's. */
  readonly links: Readonly<Record<'redis' | 'clickhouse' | 'registry' | 'kafka', FaultProxy>>;
  /** Past the link, so that it can be looked at while that is broken. */
  readonly redis: ReturnType<typeof connectRedis>;
  readonly disks: Disks | null;
  readonly folder: string;
  /** Sets the clock of a service's processes so far ahead of the machine's, or behind it. */
  setClock(service: ServiceName, shiftMs: number): void;
  /** Starts a second broker of the same cluster. */
  anotherBroker(): Promise<AnotherBroker>;
  /** After a row that failed in the middle: whatever it may have broken is whole again. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** Names servers that are shared with others; Redis is always one of its own, to be killed and
   *  emptied. */
  readonly env: NodeJS.ProcessEnv;
  readonly tenants: readonly string[];
  /** Servers on small file systems of their own. */
  readonly disks?: boolean;
}

/** Starts the services and waits until they are ready. */
export async function aWorld({ env, tenants, disks = false }: WorldOptions): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-outages-'));
  const dataDir = join(folder, 'data');
  const mounted = disks ? mountDisks(dataDir) : null;
  const ports = await freePorts();
  const servers = await startServers({
    ...{ dataDir, ports, fresh: false },
    env: { ...env, REDIS_URL: '' },
    say: () => {},
  });
  const links = {
    redis: await aFaultProxy(servers.env.REDIS_URL),
    clickhouse: await aFaultProxy(servers.env.CLICKHOUSE_URL),
    registry: await aFaultProxy(servers.env.SCHEMA_REGISTRY_URL),
    kafka: await aFaultProxy(`kafka://${servers.env.KAFKA_BROKERS}`),
  };
  const clockFile = (service: ServiceName) => join(folder, `clock-of-${service}`);
  const kafkaPort = new URL(`kafka://${servers.env.KAFKA_BROKERS}`).port;
  const installation = await anInstallation({ ...servers.env }, folder, {
    tenantNames: [...tenants, asideTenant],
    alone: (service) => ({
      REDIS_URL: links.redis.url,
      CLICKHOUSE_URL: links.clickhouse.url,
      SCHEMA_REGISTRY_URL: links.registry.url,
      NODE_OPTIONS: `--require ${join(projectRoot, 'dist', 'test', 'outages', 'preload.js')}`,
      OUTAGES_CLOCK_FILE: clockFile(service),
      ...(service === 'collector' && { OUTAGES_KAFKA_PORTS: `${kafkaPort}:${links.kafka.port}` }),
    }),
  });
  const redis = connectRedis({
    url: servers.env.REDIS_URL,
    commandTimeoutMs: 5000,
    ...{ onDown: () => {}, onUp: () => {} },
  });
  const setClock = (service: ServiceName, shiftMs: number) =>
    writeFileSync(clockFile(service), String(shiftMs));
  const started = everyService.map((service) => installation.start(service));
  await Promise.all(started.map((service) => service.ready()));
  return {
    ...{ installation, servers, links, redis, disks: mounted, folder },
    setClock,
    anotherBroker: () => startAnotherBroker({ dataDir, controllerPort: ports.kafkaController }),
    async mend() {
      for (const service of everyService) setClock(service, 0);
      for (const server of ['kafka', 'redis', 'clickhouse'] as const) {
        mounted?.free(server);
        if (servers.pids[server] === undefined) await servers.restart(server);
      }
      await Promise.all(Object.values(links).map((link) => link.mend()));
      await redis.config('SET', 'maxmemory', '0');
      await Promise.all(everyService.map((service) => oneProcess(installation, service)));
    },
    async stop() {
      redis.disconnect();
      await installation.stop();
      await Promise.all(Object.values(links).map((link) => link.close()));
      await servers.stop();
      mounted?.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
