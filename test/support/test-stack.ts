import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../deploy/local/servers';
import { type Stack, startStack } from '../../deploy/start/stack';
import { aName } from './names';
import { addressOf } from './server-addresses';

export interface TestStack extends Stack {
  /** For files of the test. */
  readonly folder: string;
  /** SIGKILL to a service, as a power cut would do it; it is started again by itself. */
  kill(service: string): void;
  /** Stops a service where it stands, as a suspended machine would; the function lets it go on. */
  freeze(service: string): () => void;
}

/** The five services as processes of their own on the servers of this test run, with topics, groups,
 *  keys and a database nobody else has. Needs the compiled services: `npm test` has them. */
export async function startTestStack(settings: NodeJS.ProcessEnv = {}): Promise<TestStack> {
  const env = { ...process.env, ...(await ownNames()), ...settings };
  const folder = mkdtempSync(join(tmpdir(), 'tributary-e2e-'));
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const stack = await startStack({ folder, fresh: false, env, say }).catch((error: Error) => {
    rmSync(folder, { recursive: true });
    throw new Error(`${error.message}\n${said.join('\n')}`);
  });
  return {
    ...stack,
    folder,
    kill: (service) => process.kill(pidOf(folder, service), 'SIGKILL'),
    freeze(service) {
      const pid = pidOf(folder, service);
      process.kill(pid, 'SIGSTOP');
      return () => {
        try {
          process.kill(pid, 'SIGCONT');
        } catch {
          // It was killed while it stood still.
        }
      };
    },
    async stop() {
      await stack.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

async function ownNames(): Promise<NodeJS.ProcessEnv> {
  const name = aName('e2e');
  const ports = Object.values(await freePorts());
  const portVariables = [
    'COLLECTOR_PORT',
    'CLEANER_PORT',
    'INTERESTS_PORT',
    'METRICS_PORT',
    'INSIGHTS_PORT',
  ];
  return {
    KAFKA_BROKERS: addressOf('KAFKA_BROKERS'),
    SCHEMA_REGISTRY_URL: addressOf('SCHEMA_REGISTRY_URL'),
    REDIS_URL: addressOf('REDIS_URL'),
    CLICKHOUSE_URL: addressOf('CLICKHOUSE_URL'),
    TOPIC_PREFIX: `${name}.`,
    KAFKA_GROUP_PREFIX: `${name}.`,
    REDIS_KEY_PREFIX: `${name}:`,
    CLICKHOUSE_DATABASE: name,
    // The shortest there is: how long partitions of a killed service wait.
    KAFKA_SESSION_TIMEOUT: '6s',
    ...Object.fromEntries(portVariables.map((variable, at) => [variable, String(ports[at])])),
  };
}

function pidOf(folder: string, service: string): number {
  return Number(readFileSync(join(folder, 'run', `${service}.pid`), 'utf8'));
}
