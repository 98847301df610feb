import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** TCP ports of 127.0.0.1. */
export type Ports = {
  kafka: number;
  kafkaController: number;
  registry: number;
  redis: number;
  clickhouse: number;
};

export const defaultPorts: Ports = {
  kafka: 9092,
  kafkaController: 9093,
  registry: 8081,
  redis: 6379,
  clickhouse: 8123,
};

/** The environment variable that moves each server to another port. */
export const portVariables: Readonly<Record<keyof Ports, string>> = {
  kafka: 'TRIBUTARY_KAFKA_PORT',
  kafkaController: 'TRIBUTARY_KAFKA_CONTROLLER_PORT',
  registry: 'TRIBUTARY_REGISTRY_PORT',
  redis: 'TRIBUTARY_REDIS_PORT',
  clickhouse: 'TRIBUTARY_CLICKHOUSE_PORT',
};

/** The default ports, each replaced by its environment variable where that is set. */
export function portsFrom(env: NodeJS.ProcessEnv): Ports {
  const ports = { ...defaultPorts };
  for (const name of Object.keys(ports) as (keyof Ports)[]) {
    const text = env[portVariables[name]];
    if (text === undefined || text === '') continue;
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`${portVariables[name]}=${text} is not a port: give a number up to 65535.`);
    }
    ports[name] = port;
  }
  return ports;
}

/**
 * Five ports nobody listens on. They lie below the range the kernel takes client ports from: there,
 * a client that reconnects while its server is down can be given the server's own port and hold it.
 */
export async function freePorts(): Promise<Ports> {
  const held: Server[] = [];
  try {
    const take = async () => {
      const server = await listenSomewhere();
      held.push(server);
      return (server.address() as { port: number }).port;
    };
    return {
      kafka: await take(),
      kafkaController: await take(),
      registry: await take(),
      redis: await take(),
      clickhouse: await take(),
    };
  } finally {
    await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  }
}

async function listenSomewhere(triesLeft = 50): Promise<Server> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port: randomInt(20_000, 32_000), host: '127.0.0.1', exclusive: true }, () =>
      resolve(true),
    );
  });
  if (listening) return server;
  if (triesLeft === 0) throw new Error('No free port found between 20000 and 32000 on 127.0.0.1.');
  return listenSomewhere(triesLeft - 1);
}
