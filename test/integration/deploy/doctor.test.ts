import { examineInTurn, type Finding } from '../../../deploy/doctor/finding';
import { kafkaExaminations } from '../../../deploy/doctor/kafka';
import { serviceExaminations } from '../../../deploy/doctor/services';
import {
  clickHouseExaminations,
  redisExaminations,
  registryExaminations,
} from '../../../deploy/doctor/stores';
import { setup } from '../../../deploy/setup/setup';
import { createKafka } from '../../../services/shared/runtime/kafka';
import { createRegistry } from '../../../services/shared/runtime/registry';
import { groupNames, topicsOf } from '../../../services/shared/runtime/topics';
import {
  type ClickHouse,
  connectClickHouse,
} from '../../../services/shared/stores/clickhouse/client';
import { connectRedis } from '../../../services/shared/stores/redis/client';
import { type TestKafka, testKafka } from '../../support/kafka';
import { keepingLog } from '../../support/log-lines';
import { aName } from '../../support/names';
import { addressOf } from '../../support/server-addresses';

jest.setTimeout(120_000);

const topicPrefix = `${aName('doctor')}.`;
const database = aName('doctor');
const topics = topicsOf(topicPrefix);
const registry = createRegistry({
  registryUrl: addressOf('SCHEMA_REGISTRY_URL'),
  timeoutMs: 10_000,
});
/** A port that nobody listens on. */
const nowhere = '127.0.0.1:1';
let kafka: TestKafka;
let clickHouse: ClickHouse;

beforeAll(async () => {
  kafka = await testKafka();
  clickHouse = connectClickHouse({ url: addressOf('CLICKHOUSE_URL'), database });
  await setup({
    kafka: kafka.kafka,
    registryUrl: addressOf('SCHEMA_REGISTRY_URL'),
    clickHouseUrl: addressOf('CLICKHOUSE_URL'),
    clickHouseDatabase: database,
    topicPrefix,
    partitions: 2,
    replicationFactor: 1,
    log: keepingLog().log,
  });
});

afterAll(async () => {
  await clickHouse.command(`DROP DATABASE IF EXISTS ${database}`);
  await clickHouse.close();
  await kafka.admin.deleteTopics({ topics: Object.values(topics) }).catch(() => {});
  await kafka.close();
});

function examineKafka(): Promise<readonly Finding[]> {
  const patient = { brokers: ['here'], topicPrefix, groupPrefix: topicPrefix };
  return examineInTurn(kafkaExaminations({ ...patient, admin: kafka.admin }));
}

function said(findings: readonly Finding[], about: string): string {
  const finding = findings.find((one) => one.about === about);
  return `${finding?.isWell ? 'ok' : 'WRONG'} ${finding?.says}`;
}

test('after the set-up topics, schemas and tables are well, and nobody reads yet', async () => {
  const findings = await examineKafka();
  expect(said(findings, 'topics')).toBe('ok 9 topics with 18 partitions, all led and in sync');
  expect(said(findings, 'consumers')).toBe(
    `WRONG nobody reads as ${groupNames.map((name) => topicPrefix + name).join(', ')}: start the service`,
  );
  expect(said(findings, 'lag')).toBe('ok everything that was sent is processed');
  const schemas = await examineInTurn(registryExaminations(registry, topics));
  expect(said(schemas, 'schemas')).toBe("ok 9 subjects have this release's schema");
  const tables = await examineInTurn(clickHouseExaminations(clickHouse, 'here'));
  expect(tables.map(({ about, isWell }) => [about, isWell])).toEqual([
    ['ClickHouse', true],
    ['clocks', true],
    ['windows', true],
  ]);
});

test('records that nobody reads are a lag that does not move', async () => {
  const messages = [{ key: 'k', value: Buffer.from('v') }];
  const producer = kafka.kafka.producer();
  await producer.connect();
  await producer.send({ topic: topics.click, messages });
  await producer.disconnect();
  expect(said(await examineKafka(), 'lag')).toMatch(/^WRONG cleaner is 1 record behind and moved/);
});

test('what somebody changed behind our back is named, with what to do', async () => {
  const unregistered = topicsOf(`${aName('other')}.`);
  const schemas = await examineInTurn(registryExaminations(registry, unregistered));
  expect(said(schemas, 'schemas')).toMatch(/not registered: run the set-up$/);

  await clickHouse.insert('schema_migrations', [
    { version: 1, name: '001-events.sql', checksum: 'another' },
  ]);
  await clickHouse.insert('windows_stuck', [
    {
      windowTable: 'channel_1m',
      tenant: 'demo',
      start: '2026-01-01 00:00:00',
      stuck: 1,
      error: 'no memory',
      changedAt: '2026-01-01 00:00:00.000',
    },
  ]);
  const tables = await examineInTurn(clickHouseExaminations(clickHouse, 'here'));
  expect(said(tables, 'ClickHouse')).toMatch(/001-events.sql was changed after it was applied/);

  await kafka.admin.deleteTopics({ topics: [topics.cart] });
  expect(said(await examineKafka(), 'topics')).toBe(`WRONG ${topics.cart} missing: run the set-up`);
});

test('windows that cannot be recomputed are a finding', async () => {
  const [, , windows] = clickHouseExaminations(clickHouse, 'here');
  await expect(windows?.look()).rejects.toThrow('1 of channel_1m (no memory)');
});

test('a server that is away is one finding: where it was looked for, and what to do', async () => {
  const { log } = keepingLog();
  const gone = createKafka({ clientId: 'doctor', brokers: [nowhere], log }).admin();
  const redis = connectRedis({
    url: `redis://${nowhere}`,
    commandTimeoutMs: 500,
    onDown: () => {},
    onUp: () => {},
  });
  const away = connectClickHouse({ url: `http://${nowhere}`, database });
  const patient = { brokers: [nowhere], topicPrefix, groupPrefix: topicPrefix };
  const findings = await Promise.all([
    examineInTurn(kafkaExaminations({ ...patient, admin: gone })),
    examineInTurn(redisExaminations(redis, nowhere)),
    examineInTurn(clickHouseExaminations(away, nowhere)),
    ...serviceExaminations({ insights: `http://${nowhere}` }).map(examineInTurn),
  ]);
  redis.disconnect();
  await away.close();
  const sentence = /^127.0.0.1:1 does not answer \(.+\): start it, or correct (\w+)$/;
  expect(findings.map((one) => one.length)).toEqual([1, 1, 1, 1]);
  const variables = findings.slice(0, 3).map(([one]) => sentence.exec(one?.says ?? '')?.[1]);
  expect(variables).toEqual(['KAFKA_BROKERS', 'REDIS_URL', 'CLICKHOUSE_URL']);
  expect(findings[3]?.[0]?.says).toMatch(/cannot be reached.*: start it, or look into its log/);
});
