import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { freePorts } from '../../../deploy/local/ports';
import { launch, type RunningServer } from '../../../deploy/local/process';
import { servicePlans } from '../../../deploy/start/service-plans';
import { projectRoot } from '../../../services/shared/runtime/root';
import { type Certificates, makeCertificates } from '../../support/certificates';
import { eventually } from '../../support/eventually';
import { aName } from '../../support/names';
import { secureClickHouse, secureKafka, secureRedis } from '../../support/secure-servers';
import { addressOf } from '../../support/server-addresses';

/** The programs as they are shipped, against servers that speak TLS to known users only. */
jest.setTimeout(180_000);

const login = { username: 'tributary', password: 'p@ss/w0rd' };
const folder = mkdtempSync(join(tmpdir(), 'secure-'));
const stops: (() => Promise<unknown>)[] = [];
let certificates: Certificates;
let clickHouse: Server;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  certificates = makeCertificates(folder);
  const ports = await freePorts();
  const innerPorts = [ports.registry, ports.kafkaController] as const;
  const place = (name: string, port: number) => ({
    folder: join(folder, name),
    port,
    certificates,
  });
  const kafka = secureKafka({ ...place('kafka', ports.kafka), login, innerPorts });
  const passwords = { password: login.password, readerPassword: 'reads' };
  const redis = secureRedis({ ...place('redis', ports.redis), ...passwords });
  clickHouse = await secureClickHouse(addressOf('CLICKHOUSE_URL'), {
    ...{ port: ports.clickhouse, certificates, login },
  });
  await Promise.all([start(kafka), start(redis)]);
  const user = `${login.username}:${encodeURIComponent(login.password)}`;
  env = {
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: certificates.authority,
    KAFKA_BROKERS: `localhost:${ports.kafka}`,
    KAFKA_TLS: 'true',
    KAFKA_USERNAME: login.username,
    KAFKA_PASSWORD: login.password,
    REDIS_URL: `rediss://${user}@localhost:${ports.redis}`,
    CLICKHOUSE_URL: `https://${user}@localhost:${ports.clickhouse}`,
    CLICKHOUSE_DATABASE: aName('secure'),
    SCHEMA_REGISTRY_URL: addressOf('SCHEMA_REGISTRY_URL'),
    TOPIC_PREFIX: `${aName('secure')}.`,
  };
});

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  clickHouse?.close();
  clickHouse?.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

async function start(plan: Parameters<typeof launch>[0]): Promise<RunningServer> {
  const server = await launch(plan, { spawned: () => {}, endedUnexpectedly: () => {} });
  stops.unshift(() => server.stop());
  return server;
}

/** Runs the set-up to its end; rejects with what it said on standard error. */
async function setUp(changes: NodeJS.ProcessEnv = {}): Promise<void> {
  const program = join(projectRoot, 'dist/deploy/setup/main.js');
  await promisify(execFile)(process.execPath, [program], { env: { ...env, ...changes } });
}

test.each(['scram-sha-512', 'scram-sha-256', 'plain'])('the set-up logs in with %s', (mechanism) =>
  setUp({ KAFKA_SASL_MECHANISM: mechanism }),
);

test('a wrong password is said at once, and is not tried again and again', async () => {
  const begun = Date.now();
  await expect(setUp({ KAFKA_PASSWORD: 'wrong' })).rejects.toThrow(/SASL.*trying again will not/s);
  expect(Date.now() - begun).toBeLessThan(30_000);
});

test('an event goes all the way to tags and rows', async () => {
  const ports = Object.values(await freePorts());
  const urls = await Promise.all(
    servicePlans.map(async (plan, at) => {
      const url = `http://127.0.0.1:${ports[at]}`;
      await startService(plan.name, { [plan.portVariable]: String(ports[at]) }, url);
      return [plan.name, url] as const;
    }),
  );
  const { collector, insights } = Object.fromEntries(urls);
  const authorization = `Basic ${Buffer.from('demo-write-key:').toString('base64')}`;
  const answer = await fetch(`${collector}/v1/track`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ event: 'Product Viewed', anonymousId: 'ada', messageId: 'secret-1' },
      properties: { product_id: 'p1', category: 'Bags', price: 39.9, currency: 'USD' },
      context: { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' },
    }),
  });
  expect(answer.status).toBe(200);
  const soon = (message: string) => ({ deadlineMs: 30_000, message });
  await eventually(
    async () => (await textOf(`${insights}/v1/users/ada/tags`)).includes('category:'),
    soon('tags of ada, read from Redis'),
  );
  await eventually(
    async () => (await textOf(`${insights}/v1/events/secret-1`)).includes('counted'),
    soon('the row of secret-1, read from ClickHouse'),
  );
});

test('a server whose authority is unknown is not spoken to', async () => {
  const [port] = Object.values(await freePorts());
  const url = `http://127.0.0.1:${port}`;
  const changes = { INSIGHTS_PORT: String(port), NODE_EXTRA_CA_CERTS: '' };
  const logFile = await startService('insights', changes, url, '/livez');
  const { status } = await fetch(`${url}/readyz`);
  expect(status).toBe(503);
  await eventually(
    () => /self-signed|unable to verify|issuer/.test(readFileSync(logFile, 'utf8')),
    {
      deadlineMs: 10_000,
      message: `the certificate named in ${logFile}`,
    },
  );
});

test('a recommender reads tags and profiles, and nothing else', async () => {
  const url = new URL(env.REDIS_URL ?? '');
  url.username = 'reader';
  url.password = 'reads';
  const tls = { ca: readFileSync(certificates.authority) };
  // The ready check asks INFO, which a reader may not.
  const options = { tls, enableReadyCheck: false, retryStrategy: () => null };
  const reader = new Redis(url.toString(), options);
  try {
    expect(await reader.zrevrange('tags:{demo:ada}', 0, 9)).not.toEqual([]);
    expect(await reader.hgetall('profile:{demo:ada}')).toMatchObject({ segment: 'visitor' });
    await expect(reader.zadd('tags:{demo:ada}', 1, 'x')).rejects.toThrow('NOPERM');
    await expect(reader.hgetall('claims:{demo:none:0}')).rejects.toThrow('NOPERM');
    for (const command of [
      'keys *',
      'scan 0',
      'randomkey',
      'flushall',
      'config get *',
      'acl list',
    ]) {
      const [name = '', ...args] = command.split(' ');
      await expect(reader.call(name, ...args)).rejects.toThrow('NOPERM');
    }
  } finally {
    reader.disconnect();
  }
});

/** Starts the compiled program of a service; answers with the file of its log. */
async function startService(
  name: string,
  changes: NodeJS.ProcessEnv,
  url: string,
  readyAt = '/readyz',
): Promise<string> {
  const logFile = join(folder, `${name}-${changes.NODE_EXTRA_CA_CERTS ?? 'trusting'}.log`);
  await start({
    name,
    command: process.execPath,
    args: [join(projectRoot, `dist/services/${name}/main.js`)],
    env: { ...env, ...changes },
    logFile,
    ready: async () => (await fetch(url + readyAt)).ok,
    readyWithinMs: 60_000,
    stopWithinMs: 12_000,
  });
  return logFile;
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}
