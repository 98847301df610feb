import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../services/shared/runtime/root';
import { portsFrom, startServers } from '../local/servers';
import { ProcessMeter } from '../summary/processes';
import { type RunningService, startService } from './service';
import { type ServiceName, servicePlans } from './service-plans';

/** Everything that runs: servers, set-up done, the five services ready. */
export interface Stack {
  /** What the services were started with: addresses of servers, settings. */
  readonly env: NodeJS.ProcessEnv;
  readonly meter: ProcessMeter;
  readonly urls: Readonly<Record<ServiceName, string>>;
  restarts(): Readonly<Record<string, number>>;
  /** Services first, so that they can drain into servers that still run. */
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Data, logs and process ids live below it. */
  readonly folder: string;
  readonly fresh: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

/**
 * Starts everything in order: servers, set-up, then all services at once. Rejects with what to do
 * where a step fails, after stopping what had started.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { folder, fresh, say } = options;
  const servers = await startServers({
    dataDir: join(folder, 'data'),
    ports: portsFrom(options.env),
    fresh,
    env: options.env,
    say,
  });
  const env = { ...options.env, ...servers.env };
  const meter = new ProcessMeter();
  for (const [name, pid] of Object.entries(servers.pids)) meter.watch(name, pid);
  const services: RunningService[] = [];
  const stop = async () => {
    clearInterval(sampling);
    await Promise.all(services.map((service) => service.stop()));
    await servers.stop();
  };
  const sampling = setInterval(() => meter.sample(), 1000);
  try {
    await runSetup(env);
    say('topics, schemas and tables are in place; starting the services');
    await startServices(services, { folder, env, say, meter });
  } catch (error) {
    await stop();
    throw error;
  }
  return { env, meter, urls: urlsOf(services), restarts: () => restartsOf(services), stop };
}

async function startServices(
  services: RunningService[],
  { folder, env, say, meter }: Omit<StackOptions, 'fresh'> & { readonly meter: ProcessMeter },
): Promise<void> {
  const started = (name: ServiceName, pid: number) => meter.watch(name, pid);
  const starts = servicePlans.map(async (plan) => {
    const begun = Date.now();
    const service = await startService(plan, { env, folder, say, started });
    services.push(service);
    say(`${plan.name} is ready on ${service.url} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  });
  const failed = (await Promise.allSettled(starts)).flatMap((result) =>
    result.status === 'rejected' ? [(result.reason as Error).message] : [],
  );
  if (failed.length > 0) throw new Error(failed.join('\n'));
}

function urlsOf(services: readonly RunningService[]): Stack['urls'] {
  const urls = services.map(({ name, url }) => [name, url] as const);
  return Object.fromEntries(urls) as Record<ServiceName, string>; // all started, or none is there
}

function restartsOf(services: readonly RunningService[]): Readonly<Record<string, number>> {
  return Object.fromEntries(services.map((service) => [service.name, service.restarts()]));
}

/** The set-up is a program of its own, as it is where nothing else is started locally. */
async function runSetup(env: NodeJS.ProcessEnv): Promise<void> {
  const program = join(projectRoot, 'dist', 'deploy', 'setup', 'main.js');
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said = (said + piece.toString()).slice(-2000);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`set-up of topics, schemas and tables failed:\n${said.trim()}`);
}
