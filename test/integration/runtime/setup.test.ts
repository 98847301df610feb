import { setUpSchemas } from '../../../deploy/setup/schemas';
import { type SetupOptions, setup } from '../../../deploy/setup/setup';
import { FatalError } from '../../../services/shared/runtime/errors';
import { createRegistry } from '../../../services/shared/runtime/registry';
import { schemaText } from '../../../services/shared/runtime/schema-files';
import { rawKeys, subjectOf, topicKeys, topicsOf } from '../../../services/shared/runtime/topics';
import {
  type ClickHouse,
  connectClickHouse,
} from '../../../services/shared/stores/clickhouse/client';
import { type TestKafka, testKafka } from '../../support/kafka';
import { keepingLog, type LogLine } from '../../support/log-lines';
import { aName } from '../../support/names';
import { addressOf } from '../../support/server-addresses';

jest.setTimeout(120_000);

const topicPrefix = `${aName('setup')}.`;
const database = aName('setup');
const topics = topicsOf(topicPrefix);
let kafka: TestKafka;
let clickHouse: ClickHouse;

async function run(part: Partial<SetupOptions> = {}): Promise<readonly LogLine[]> {
  const { log, lines } = keepingLog();
  await setup({
    kafka: kafka.kafka,
    registryUrl: addressOf('SCHEMA_REGISTRY_URL'),
    clickHouseUrl: addressOf('CLICKHOUSE_URL'),
    clickHouseDatabase: database,
    topicPrefix,
    partitions: 2,
    replicationFactor: 1,
    log,
    ...part,
  });
  return lines;
}

beforeAll(async () => {
  kafka = await testKafka();
  clickHouse = connectClickHouse({ url: addressOf('CLICKHOUSE_URL'), database });
  await run();
});
afterAll(async () => {
  await clickHouse.command(`DROP DATABASE IF EXISTS ${database}`);
  await clickHouse.close();
  await kafka.admin.deleteTopics({ topics: Object.values(topics) });
  await kafka.close();
});

const starts = () =>
  clickHouse.rows(
    'SELECT topic, partition, firstOffset FROM topic_starts ORDER BY topic, partition',
  );

test('topics keep raw records six days, in hourly segments, by append time', async () => {
  const { resources } = await kafka.admin.describeConfigs({
    includeSynonyms: false,
    resources: topicKeys.map((key) => ({ type: 2, name: topics[key] })),
  });
  const configured = (topic: string, name: string) =>
    resources
      .find((one) => one.resourceName === topic)
      ?.configEntries.find((entry) => entry.configName === name)?.configValue;
  for (const key of topicKeys) {
    expect(configured(topics[key], 'message.timestamp.type')).toBe('LogAppendTime');
    expect(configured(topics[key], 'segment.ms')).toBe('3600000');
  }
  for (const key of rawKeys) expect(configured(topics[key], 'retention.ms')).toBe('518400000');
});

test('a second run changes nothing: offsets written down once, the same schema ids', async () => {
  const before = await starts();
  expect(before).toHaveLength(rawKeys.length * 2);
  await kafka.append(topics.click, 0, ['a', 'b']);
  await kafka.admin.deleteTopicRecords({
    topic: topics.click,
    partitions: [{ partition: 0, offset: '1' }],
  });
  const [first] = (await run()).filter((line) => line.message === 'set up');
  const [second] = (await run()).filter((line) => line.message === 'set up');
  expect(second?.fields).toMatchObject({ tables: [], topics: [] });
  expect(second?.fields).toEqual(first?.fields);
  expect(await starts()).toEqual(before);
  const rows = await clickHouse.rows('SELECT subject FROM registered_schemas');
  expect(rows).toHaveLength(topicKeys.length);
});

test('more partitions make the topics grow, review excepted, and are written down', async () => {
  await run({ partitions: 3 });
  const { topics: found } = await kafka.admin.fetchTopicMetadata({ topics: Object.values(topics) });
  const counts = new Map(found.map((one) => [one.name, one.partitions.length]));
  for (const key of topicKeys) expect(counts.get(topics[key])).toBe(key === 'review' ? 2 : 3);
  expect(await starts()).toHaveLength(rawKeys.length * 3);
  await run({ partitions: 1 });
});

test('a source with more partitions than the clean topic is refused with what to do', async () => {
  const prefix = `${aName('setup')}.`;
  const other = topicsOf(prefix);
  await run({ topicPrefix: prefix });
  await kafka.admin.createPartitions({ topicPartitions: [{ topic: other.click, count: 5 }] });
  const again = run({ topicPrefix: prefix });
  await expect(again).rejects.toThrow(FatalError);
  await expect(again).rejects.toThrow(`${other.clean} has 2 partitions and a source topic has 5`);
  await kafka.admin.deleteTopics({ topics: Object.values(other) });
});

test('an incompatible schema is refused, and the registry keeps the old one', async () => {
  const registry = createRegistry({ registryUrl: addressOf('SCHEMA_REGISTRY_URL') });
  const event = JSON.parse(schemaText('event'));
  const broken = JSON.stringify({
    ...event,
    fields: [...event.fields, { name: 'mandatory', type: 'string' }],
  });
  const subject = subjectOf(topics.click);
  expect(await registry.register(subject, broken)).toMatchObject({ ok: false });
  expect(await registry.idOf(subject, broken)).toBeNull();
  const grown = JSON.stringify({
    ...event,
    fields: [...event.fields, { name: 'optional', type: 'string', default: '' }],
  });
  expect(await registry.register(subject, grown)).toMatchObject({ ok: true });
});

test('a registry that numbers a known schema otherwise is not worked with', async () => {
  const registry = createRegistry({ registryUrl: addressOf('SCHEMA_REGISTRY_URL') });
  const renumbered = { ...registry, idOf: async () => 999_999 };
  const attempt = setUpSchemas({ registry: renumbered, clickHouse, topics });
  await expect(attempt).rejects.toThrow(FatalError);
  await expect(attempt).rejects.toThrow(/has id 999999 for a schema of .* whose records carry id/);
});
