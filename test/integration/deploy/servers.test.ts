import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { freePorts, type LocalServers, startServers } from '../../../deploy/local/servers';

/** All four real servers, through a kill, a restart, and a second start on the same data. */
const folder = mkdtempSync(join(tmpdir(), 'servers-'));
const dataDir = join(folder, 'data');
const said: string[] = [];
let servers: LocalServers;

const start = async (fresh: boolean) =>
  startServers({
    dataDir,
    ports: await freePorts(),
    fresh,
    env: {},
    say: (line) => said.push(line),
  });

beforeAll(async () => {
  servers = await start(false);
}, 120_000);

afterAll(async () => {
  await servers?.stop();
  rmSync(folder, { recursive: true });
});

test('a second start on the same folder is refused', async () => {
  await expect(start(false)).rejects.toThrow(`The data folder ${dataDir} is in use by process`);
});

test('what each server acknowledged outlives SIGKILL and a second start on other ports', async () => {
  await writeEverywhere();
  await Promise.all((['kafka', 'registry', 'redis'] as const).map((name) => servers.kill(name)));
  await Promise.all((['kafka', 'registry', 'redis'] as const).map((name) => servers.restart(name)));
  expect(await readEverywhere()).toEqual(written);
  await servers.stop();
  servers = await start(false);
  expect(await readEverywhere()).toEqual(written);
}, 180_000);

test('stop leaves no process, and nobody was said to have ended unexpectedly', async () => {
  const pids = Object.values(servers.pids);
  expect(pids).toHaveLength(4);
  await servers.stop();
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(existsSync(join(dataDir, 'servers.json'))).toBe(false);
  expect(said.filter((line) => line.includes('unexpectedly'))).toEqual([]);
}, 60_000);

const schema = JSON.stringify({ type: 'record', name: 'Sample', fields: [] });
const written = { record: 'kept', schema, value: 'kept' };

async function writeEverywhere(): Promise<void> {
  await withKafka(async (kafka) => {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'sample' }] });
    await admin.disconnect();
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    await producer.send({ topic: 'sample', messages: [{ key: 'k', value: 'kept' }] });
    await producer.disconnect();
  });
  const registered = await fetch(`${servers.env.SCHEMA_REGISTRY_URL}/subjects/s-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  expect(await registered.json()).toEqual({ id: 1 });
  await withRedis((redis) => redis.set('sample', 'kept'));
}

async function readEverywhere(): Promise<typeof written> {
  const answer = await fetch(`${servers.env.SCHEMA_REGISTRY_URL}/schemas/ids/1`);
  return {
    record: await firstRecord(),
    schema: ((await answer.json()) as { schema: string }).schema,
    value: (await withRedis((redis) => redis.get('sample'))) ?? '',
  };
}

async function firstRecord(): Promise<string> {
  return withKafka(async (kafka) => {
    const consumer = kafka.consumer({ groupId: `reader-${Date.now()}` });
    await consumer.connect();
    await consumer.subscribe({ topic: 'sample', fromBeginning: true });
    const record = await new Promise<string>((resolve, reject) => {
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }) =>
        resolve(String(message.value));
      consumer.run({ eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    return record;
  });
}

async function withKafka<T>(use: (kafka: Kafka) => Promise<T>): Promise<T> {
  const brokers = [servers.env.KAFKA_BROKERS];
  return use(new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 20 } }));
}

async function withRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(servers.env.REDIS_URL);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
