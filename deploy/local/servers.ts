import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { clickhouseLaunch } from './clickhouse';
import { type DataFolder, takeDataFolder } from './data-folder';
import { kafkaLaunch } from './kafka';
import { jarsFolder } from './paths';
import { type Ports, portsFrom, portVariables } from './ports';
import { type Launch, launch, type RunningServer, requireFreePort } from './process';
import { redisLaunch } from './redis';
import { registryLaunch, registryUrl } from './registry';

export { defaultPorts, freePorts, type Ports, portsFrom } from './ports';

export type ServerName = 'kafka' | 'registry' | 'redis' | 'clickhouse';

/** What a service must be told to reach its servers. */
export interface ServerEnvironment {
  KAFKA_BROKERS: string;
  SCHEMA_REGISTRY_URL: string;
  REDIS_URL: string;
  CLICKHOUSE_URL: string;
}

export interface LocalServers {
  env: ServerEnvironment;
  /** Process ids of the servers started here. */
  pids: Partial<Record<ServerName, number>>;
  /** Stops every server started here and releases the data folder. */
  stop(): Promise<void>;
  /** SIGKILL to one server, as a power cut would do it. */
  kill(name: ServerName): Promise<void>;
  /** Starts it again on the same port and data; first stops it if it still runs. */
  restart(name: ServerName): Promise<void>;
}

export interface StartOptions {
  /** One folder for all data; logs go to `logs` beside it. */
  dataDir: string;
  ports: Ports;
  /** Empties `dataDir` first. */
  fresh: boolean;
  /** A server that it names is used instead of a local one. */
  env: NodeJS.ProcessEnv;
  /** Progress, one line each. */
  say: (line: string) => void;
}

/**
 * Starts Kafka, the schema registry, Redis and ClickHouse on 127.0.0.1, all at once, and resolves
 * when each answers. If one fails the others are stopped, and the error says what to do.
 */
export async function startServers(given: StartOptions): Promise<LocalServers> {
  const options = { ...given, dataDir: resolve(given.dataDir) };
  const { env, named } = environment(options);
  const wanted = (Object.keys(variables) as ServerName[]).filter((name) => !named.has(name));
  requireTools(wanted);
  if (wanted.length > 0) options.say(`starting ${wanted.map((name) => titles[name]).join(', ')}`);
  const folder = await takeDataFolder(options.dataDir, options.fresh);
  const running = new Map<ServerName, RunningServer>();
  const start = (name: ServerName) => startOne(name, options, { folder, running });
  const stop = async () => {
    await Promise.all([...running.values()].map((server) => server.stop()));
    running.clear();
    folder.release();
  };
  const started = await Promise.allSettled(wanted.map(start));
  const failures = started.flatMap((result) =>
    result.status === 'rejected' ? [(result.reason as Error).message] : [],
  );
  if (failures.length > 0) {
    await stop();
    throw new Error(failures.join('\n'));
  }
  return {
    env,
    get pids() {
      return Object.fromEntries([...running].map(([name, server]) => [name, server.pid]));
    },
    stop,
    async kill(name) {
      await running.get(name)?.kill();
      running.delete(name);
    },
    async restart(name) {
      await running.get(name)?.stop();
      running.delete(name);
      await start(name);
    },
  };
}

const variables: Readonly<Record<ServerName, keyof ServerEnvironment>> = {
  kafka: 'KAFKA_BROKERS',
  registry: 'SCHEMA_REGISTRY_URL',
  redis: 'REDIS_URL',
  clickhouse: 'CLICKHOUSE_URL',
};

const titles: Readonly<Record<ServerName, string>> = {
  kafka: 'Kafka',
  registry: 'schema registry',
  redis: 'Redis',
  clickhouse: 'ClickHouse',
};

/** The environment with where each server is: as it names it, or the local one on its port. Commands
 *  that run beside the services read their settings from it. */
export function withServers(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv & ServerEnvironment {
  return { ...env, ...environment({ env, ports: portsFrom(env) }).env };
}

function environment({ env, ports }: Pick<StartOptions, 'env' | 'ports'>) {
  const local: ServerEnvironment = {
    KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    SCHEMA_REGISTRY_URL: registryUrl(ports.registry),
    REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
    CLICKHOUSE_URL: `http://127.0.0.1:${ports.clickhouse}`,
  };
  const named = new Set<ServerName>();
  for (const [name, variable] of Object.entries(variables) as [
    ServerName,
    keyof ServerEnvironment,
  ][]) {
    const given = env[variable];
    if (!given) continue;
    local[variable] = given;
    named.add(name);
  }
  return { env: local, named };
}

function requireTools(wanted: readonly ServerName[]): void {
  const needsJava = wanted.filter((name) => name === 'kafka' || name === 'registry');
  const instead = needsJava.map((name) => variables[name]).join(' and ');
  if (needsJava.length > 0 && spawnSync('java', ['-version']).error) {
    throw new Error(`Java 17 or later is missing: install it, or name servers in ${instead}.`);
  }
  if (needsJava.some((name) => !existsSync(join(jarsFolder, name)))) {
    throw new Error(`${jarsFolder} lacks the jars: run npm start once, or set ${instead}.`);
  }
  if (wanted.includes('redis') && spawnSync('redis-server', ['--version']).error) {
    throw new Error('redis-server is missing: install it, or name a server in REDIS_URL.');
  }
}

async function startOne(
  name: ServerName,
  options: StartOptions,
  state: { folder: DataFolder; running: Map<ServerName, RunningServer> },
): Promise<void> {
  const { ports, say } = options;
  const begun = Date.now();
  const used = name === 'kafka' ? (['kafka', 'kafkaController'] as const) : ([name] as const);
  for (const use of used) {
    const advice = `Stop what listens there, move it with ${portVariables[use]}, or name a running server in ${variables[name]}.`;
    await requireFreePort(ports[use], use, advice);
  }
  const plan = await planFor(name, options);
  const server = await launch(plan, {
    spawned: (pid) => state.folder.note(name, pid),
    stillStarting: (seconds) =>
      say(`${plan.name} is still starting (${seconds} s); its log is ${plan.logFile}`),
    endedUnexpectedly: (how) => {
      state.running.delete(name);
      say(`${plan.name} ended unexpectedly (${how}); see ${plan.logFile}`);
    },
  });
  state.running.set(name, server);
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  say(`${plan.name} is ready on 127.0.0.1:${ports[name]} (${seconds} s)`);
}

async function planFor(name: ServerName, { dataDir, ports }: StartOptions): Promise<Launch> {
  const place = {
    folder: join(dataDir, name),
    logFile: join(dataDir, '..', 'logs', `${name}.log`),
    port: ports[name],
  };
  switch (name) {
    case 'kafka':
      return kafkaLaunch({ ...place, controllerPort: ports.kafkaController });
    case 'registry':
      return registryLaunch(place);
    case 'redis':
      return redisLaunch(place);
    case 'clickhouse':
      return clickhouseLaunch(place);
  }
}
