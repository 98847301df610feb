import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type LocalServers, startServers } from '../../deploy/local/servers';
import type { ServiceName } from '../../deploy/start/service-plans';
import { connectRedis } from '../../services/shared/stores/redis/client';
import { anInstallation, type Installation } from '../faults/installation';
import { aFaultProxy, type FaultProxy } from '../support/fault-proxy';

export const everyService: readonly ServiceName[] = [
  'collector',
  'cleaner',
  'interests',
  'metrics',
];

/** An installation whose servers can be broken, one by one. */
export interface World {
  readonly installation: Installation;
  readonly servers: LocalServers;
  readonly links: Readonly<Record<'redis' | 'clickhouse' | 'registry', FaultProxy>>;
  /** Past the link, so that it can be looked at while that is broken. */
  readonly redis: ReturnType<typeof connectRedis>;
  readonly folder: string;
  stop(): Promise<void>;
}

/** `env` names servers that are shared with others; Redis is always one of its own, to be killed and
 *  emptied. Starts the services and waits until they are ready. */
export async function aWorld(env: NodeJS.ProcessEnv, tenants: readonly string[]): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-outages-'));
  const servers = await startServers({
    dataDir: join(folder, 'data'),
    ports: await freePorts(),
    fresh: true,
    env: { ...env, REDIS_URL: '' },
    say: () => {},
  });
  const links = {
    redis: await aFaultProxy(servers.env.REDIS_URL),
    clickhouse: await aFaultProxy(servers.env.CLICKHOUSE_URL),
    registry: await aFaultProxy(servers.env.SCHEMA_REGISTRY_URL),
  };
  const addresses = {
    KAFKA_BROKERS: servers.env.KAFKA_BROKERS,
    REDIS_URL: links.redis.url,
    CLICKHOUSE_URL: links.clickhouse.url,
    SCHEMA_REGISTRY_URL: links.registry.url,
  };
  const installation = await anInstallation(addresses, folder, tenants);
  const redis = connectRedis({
    url: servers.env.REDIS_URL,
    commandTimeoutMs: 5000,
    ...{ onDown: () => {}, onUp: () => {} },
  });
  const started = everyService.map((service) => installation.start(service));
  await Promise.all(started.map((service) => service.ready()));
  return {
    ...{ installation, servers, links, redis, folder },
    async stop() {
      redis.disconnect();
      await installation.stop();
      await Promise.all(Object.values(links).map((link) => link.close()));
      await servers.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
