import { resolve } from 'node:path';
import { Analytics } from '@segment/analytics-node';
import { setUpTopics } from '../../../deploy/setup/topics';
import { type Collector, createCollector } from '../../../services/collector/collector';
import { collectorSettings } from '../../../services/collector/config';
import type { Event } from '../../../services/shared/domain/event';
import { eventCodec } from '../../../services/shared/runtime/codecs';
import { parseSettings } from '../../../services/shared/runtime/config';
import { createMetrics } from '../../../services/shared/runtime/metrics';
import { partitionOf } from '../../../services/shared/runtime/publisher';
import { createRegistry } from '../../../services/shared/runtime/registry';
import { projectRoot } from '../../../services/shared/runtime/root';
import { schemaText } from '../../../services/shared/runtime/schema-files';
import { rawKeys, subjectOf, topicsOf } from '../../../services/shared/runtime/topics';
import { eventually } from '../../support/eventually';
import { type TestKafka, testKafka } from '../../support/kafka';
import { keepingLog } from '../../support/log-lines';
import { aName } from '../../support/names';
import { addressOf } from '../../support/server-addresses';

const partitions = 4;
const prefix = `${aName('collector')}.`;
const topics = topicsOf(prefix);
const registryUrl = addressOf('SCHEMA_REGISTRY_URL');

interface Landed {
  readonly topic: string;
  readonly partition: number;
  readonly event: Event;
}

let kafka: TestKafka;
let collector: Collector;
let url: string;
const landed: Landed[] = [];

beforeAll(async () => {
  kafka = await testKafka();
  const { log } = keepingLog();
  await setUpTopics({ admin: kafka.admin, topics, partitions, replicationFactor: 1, log });
  const registry = createRegistry({ registryUrl });
  await registry.register(subjectOf(topics.click), schemaText('event'));
  collector = await aCollector(prefix);
  url = await collector.server.listen({ host: '127.0.0.1', port: 0 });
  await readRawTopics();
}, 60_000);

afterAll(async () => {
  await collector.server.close();
  for (const part of collector.closes) await part.close();
  await kafka.admin.deleteTopics({ topics: Object.values(topics) });
  await kafka.close();
}, 60_000);

async function aCollector(topicPrefix: string, env = {}): Promise<Collector> {
  const given = { ...process.env, ...env, TOPIC_PREFIX: topicPrefix };
  const parsed = parseSettings(collectorSettings, given);
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  const tenantsFile = resolve(projectRoot, parsed.settings.tenantsFile);
  return createCollector(
    { ...parsed.settings, tenantsFile },
    { ...keepingLog(), metrics: createMetrics('collector') },
  );
}

async function readRawTopics(): Promise<void> {
  const codec = eventCodec({ registryUrl, topic: topics.click });
  await kafka.consume(aName('group'), {
    topics: rawKeys.map((key) => topics[key]),
    async stage({ topic, partition, records }) {
      await codec.prepare(records.map(({ value }) => value));
      for (const { value, key } of records) {
        const decoded = codec.decode(value);
        if (!decoded.ok) throw new Error(decoded.message);
        expect(partition).toBe(partitionOf(key ?? '', partitions));
        landed.push({ topic, partition, event: decoded.value });
      }
    },
  });
}

/** Everything of one user, once as many have arrived. */
async function landedOf(user: string, count: number): Promise<readonly Landed[]> {
  const own = () => landed.filter(({ event }) => [event.anonymousId, event.userId].includes(user));
  await eventually(() => own().length >= count, {
    deadlineMs: 30_000,
    message: `${count} records of ${user}`,
  });
  return own();
}

test('the unmodified analytics-node: every call, on its topic, in order, once', async () => {
  const user = aName('user');
  const analytics = new Analytics({ writeKey: 'demo-write-key', host: url, flushAt: 7 });
  const track = (event: string, properties = {}) =>
    analytics.track({ anonymousId: user, event, properties });
  analytics.identify({ anonymousId: user, userId: 'u-1', traits: { plan: 'pro' } });
  analytics.page({ anonymousId: user, name: 'Home', properties: { url: 'https://shop.example/' } });
  for (let index = 0; index < 20; index += 1) track('Product Viewed', { product_id: index });
  track('Product Added', { product_id: 'p1', price: 44.1 });
  track('Order Completed', { order_id: 'o1', revenue: '12.30', currency: 'EUR' });
  await analytics.closeAndFlush();

  const all = await landedOf(user, 24);
  expect(all).toHaveLength(24);
  const names = (topic: string) =>
    all.filter((one) => one.topic === topic).map(({ event }) => event.name);
  expect(names(topics.identity)).toEqual(['identify']);
  expect(names(topics.cart)).toEqual(['Product Added']);
  expect(names(topics.order)).toEqual(['Order Completed']);
  expect(names(topics.click).filter((name) => name === 'Home')).toHaveLength(1);
  const viewed = all.filter(({ event }) => event.type === 'product_viewed');
  expect(viewed.map(({ event }) => event.items[0]?.productId)).toEqual(
    Array.from({ length: 20 }, (_, index) => String(index)),
  );
  const order = all.find(({ event }) => event.type === 'order_completed')?.event;
  expect(order).toMatchObject({
    tenant: 'demo',
    library: '@segment/analytics-node',
    clock: 'healthy',
    currency: 'EUR',
    effect: { orderId: 'o1', revenueMinor: 1230 },
    invalid: null,
  });
  expect(order?.eventAt).toBe(order?.originalAt);
}, 60_000);

test('an import of a request full of events, the unreadable ones among them', async () => {
  const user = aName('user');
  const batch = Array.from({ length: 1000 }, (_, index) => ({
    type: 'track',
    event: 'Product Added',
    anonymousId: user,
    messageId: `${user}-${index}`,
    timestamp: '2020-12-19T00:00:00Z',
    properties: { product_id: 'p', price: index % 10 === 0 ? 'free' : 1.5 },
  }));
  const answer = await fetch(`${url}/v1/import`, {
    method: 'POST',
    body: JSON.stringify({ batch, writeKey: 'demo-write-key', sentAt: new Date() }),
  });
  const said = (await answer.json()) as { success: boolean; refused: readonly { index: number }[] };
  expect([answer.status, said.success]).toEqual([200, true]);
  expect(said.refused.map(({ index }) => index)).toEqual(
    Array.from({ length: 100 }, (_, index) => index * 10),
  );

  const all = await landedOf(user, 1000);
  expect(new Set(all.map(({ topic }) => topic))).toEqual(new Set([topics.import]));
  expect(all.map(({ event }) => event.messageId)).toEqual(batch.map((one) => one.messageId));
  const refused = all.filter(({ event }) => event.invalid !== null);
  expect(refused).toHaveLength(100);
  expect(refused[0]?.event.invalid?.reason).toBe('invalid_amount');
  expect(all[1]?.event).toMatchObject({ clock: 'as_sent', eventAt: Date.UTC(2020, 11, 19) });
}, 60_000);

test('a partition that takes nothing makes its requests 503, and no others', async () => {
  const user = aName('user');
  const own = topicsOf(`${prefix}outage.`);
  const { log } = keepingLog();
  await setUpTopics({ admin: kafka.admin, topics: own, partitions: 1, replicationFactor: 1, log });
  await createRegistry({ registryUrl }).register(subjectOf(own.click), schemaText('event'));
  const other = await aCollector(`${prefix}outage.`, { COLLECTOR_ACK_TIMEOUT: '1500' });
  const at = await other.server.listen({ host: '127.0.0.1', port: 0 });
  const post = async (...events: string[]) => {
    const batch = events.map((event) => ({ type: 'track', event, anonymousId: user }));
    const body = JSON.stringify({ batch, writeKey: 'demo-write-key' });
    return (await fetch(`${at}/v1/batch`, { method: 'POST', body })).status;
  };
  try {
    expect(await post('Product Viewed', 'Order Completed')).toBe(200);
    await kafka.admin.deleteTopics({ topics: [own.order] });
    expect(await post('Product Viewed', 'Order Completed')).toBe(503);
    expect(await post('Product Viewed')).toBe(200);
  } finally {
    await other.server.close();
    for (const part of other.closes) await part.close();
    const left = Object.values(own).filter((topic) => topic !== own.order);
    await kafka.admin.deleteTopics({ topics: left });
  }
}, 60_000);

test('it is ready while Kafka answers', async () => {
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(200);
});

test('without its topics it says what to do', async () => {
  await expect(aCollector(`${prefix}missing.`)).rejects.toThrow(/run deploy.setup/);
});
