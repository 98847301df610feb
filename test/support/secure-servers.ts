import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { Kafka, logLevel } from 'kafkajs';
import { jarsFolder } from '../../deploy/local/paths';
import type { Launch } from '../../deploy/local/process';
import { projectRoot } from '../../services/shared/runtime/root';
import type { Certificates } from './certificates';

export interface Login {
  readonly username: string;
  readonly password: string;
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly certificates: Certificates;
}

/** Kafka that only speaks TLS, to users who log in with SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN. */
export function secureKafka(
  options: Place & { readonly login: Login; readonly innerPorts: readonly [number, number] },
): Launch {
  const { folder, port, login, certificates } = options;
  mkdirSync(folder, { recursive: true });
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, kafkaProperties(options));
  const user = `[name=${login.username},password=${login.password}]`;
  const scram = ['SCRAM-SHA-512', 'SCRAM-SHA-256'].flatMap((one) => ['-S', `${one}=${user}`]);
  const format = ['format', '-t', 'MkU3OEVBNTcwNTJENDM2Qg', '-c', properties, ...scram];
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
  const java = ['-Xmx256m', quiet, '-cp', join(jarsFolder, 'kafka', '*')];
  execFileSync('java', [...java, 'kafka.tools.StorageTool', ...format], { stdio: 'pipe' });
  const client = new Kafka({
    brokers: [`localhost:${port}`],
    ssl: { ca: readFileSync(certificates.authority, 'utf8') },
    sasl: { mechanism: 'plain', ...login },
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  return {
    name: 'Kafka with TLS',
    command: 'java',
    args: [...java, 'kafka.Kafka', properties],
    logFile: join(folder, 'kafka.log'),
    ready: () => answersGroups(client),
    readyWithinMs: 90_000,
    stopWithinMs: 15_000,
  };
}

function kafkaProperties(options: Parameters<typeof secureKafka>[0]): string {
  const { folder, port, certificates, login, innerPorts } = options;
  const [inner, controller] = innerPorts.map((one) => `127.0.0.1:${one}`);
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule';
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INNER',
    'listener.security.protocol.map': 'OUTER:SASL_SSL,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    listeners: `OUTER://localhost:${port},INNER://${inner},CONTROLLER://${controller}`,
    'advertised.listeners': `OUTER://localhost:${port},INNER://${inner}`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': certificates.bundle,
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512,SCRAM-SHA-256,PLAIN',
    'listener.name.outer.scram-sha-512.sasl.jaas.config': `${scram} required;`,
    'listener.name.outer.scram-sha-256.sasl.jaas.config': `${scram} required;`,
    'listener.name.outer.plain.sasl.jaas.config': `${plain} required user_${login.username}="${login.password}";`,
    'log.dirs': join(folder, 'log'),
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

async function answersGroups(client: Kafka): Promise<boolean> {
  const admin = client.admin();
  try {
    await admin.connect();
    await admin.describeCluster();
    return (await admin.describeGroups(['readiness'])).groups.length > 0;
  } finally {
    await admin.disconnect();
  }
}

/** The Redis of docker-compose.yml, by its own script, with TLS alone. */
export function secureRedis({
  folder,
  port,
  certificates,
  ...passwords
}: Place & { readonly password: string; readonly readerPassword: string }): Launch {
  mkdirSync(folder, { recursive: true });
  const { authority, certificate, key } = certificates;
  const flags = {
    ...{ port: '0', 'tls-port': String(port), bind: '127.0.0.1', dir: folder },
    'tls-cert-file': certificate,
    'tls-key-file': key,
    'tls-ca-cert-file': authority,
    'tls-auth-clients': 'no',
  };
  return {
    name: 'Redis with TLS',
    command: 'sh',
    args: [
      join(projectRoot, 'deploy/docker/redis.sh'),
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    ],
    env: {
      ...process.env,
      REDIS_PASSWORD: passwords.password,
      REDIS_READER_PASSWORD: passwords.readerPassword,
    },
    logFile: join(folder, 'redis.log'),
    ready: () => speaksTls(port, authority),
    readyWithinMs: 30_000,
    stopWithinMs: 10_000,
  };
}

function speaksTls(port: number, authority: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ca = readFileSync(authority);
    const socket = connect({ port, host: '127.0.0.1', ca, timeout: 1000 });
    const answer = (spoke: boolean) => {
      socket.destroy();
      resolve(spoke);
    };
    socket.once('secureConnect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}

/** HTTPS with a log-in before a ClickHouse that has neither, answering as the server does. */
export async function secureClickHouse(
  clickHouseUrl: string,
  { port, certificates, login }: Omit<Place, 'folder'> & { readonly login: Login },
): Promise<Server> {
  const wanted = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  const tls = { key: readFileSync(certificates.key), cert: readFileSync(certificates.certificate) };
  const server = createServer(tls, (asked, reply) => {
    if (asked.headers.authorization !== `Basic ${wanted}`) {
      asked.resume();
      reply.writeHead(403, { 'x-clickhouse-exception-code': '516' });
      reply.end('Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)');
      return;
    }
    const { authorization: _, ...headers } = asked.headers;
    const { method } = asked;
    const target = new URL(asked.url ?? '/', clickHouseUrl);
    const onward = request(target, { method, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    onward.once('error', () => reply.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return server;
}
