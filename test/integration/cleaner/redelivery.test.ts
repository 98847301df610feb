import { setUpTopics } from '../../../deploy/setup/topics';
import { noBreaker } from '../../../services/cleaner/breaker';
import { createCleanerStage } from '../../../services/cleaner/stage';
import { createInterestsStage } from '../../../services/interests/stage';
import type { CleanEvent, Event } from '../../../services/shared/domain/event';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import { trafficRules } from '../../../services/shared/domain/traffic-rules';
import { eventCodec, judgedEventCodec } from '../../../services/shared/runtime/codecs';
import { groupLag } from '../../../services/shared/runtime/group-offsets';
import {
  createPublisher,
  type Publisher,
  partitionOf,
} from '../../../services/shared/runtime/publisher';
import { createRegistry } from '../../../services/shared/runtime/registry';
import { schemaText } from '../../../services/shared/runtime/schema-files';
import { createStepTimer } from '../../../services/shared/runtime/steps';
import { rawKeys, subjectOf, topicKeys, topicsOf } from '../../../services/shared/runtime/topics';
import { createClaims } from '../../../services/shared/stores/redis/claims';
import { createOrderMemory } from '../../../services/shared/stores/redis/order-memory';
import { createTagWriter } from '../../../services/shared/stores/redis/tag-writer';
import { createTags } from '../../../services/shared/stores/redis/tags';
import { aChannel, anEvent, aTenant, noon } from '../../support/event-builders';
import { eventually } from '../../support/eventually';
import { type TestKafka, testKafka } from '../../support/kafka';
import { keepingLog } from '../../support/log-lines';
import { aName } from '../../support/names';
import { tagsOf } from '../../support/oracle/tags';
import { type TestRedis, testRedis } from '../../support/redis';
import { addressOf } from '../../support/server-addresses';

jest.setTimeout(60_000);

const topics = topicsOf(`${aName('cleaner')}.`);
const partitions = 2;
const { log } = keepingLog();
let kafka: TestKafka;
let redis: TestRedis;
let publisher: Publisher;
const registryUrl = addressOf('SCHEMA_REGISTRY_URL');
const raw = eventCodec({ registryUrl, topic: topics.click });
const judged = judgedEventCodec({ registryUrl, topic: topics.clean });

beforeAll(async () => {
  [kafka, redis] = await Promise.all([testKafka(), testRedis()]);
  await setUpTopics({ admin: kafka.admin, topics, partitions, replicationFactor: 1, log });
  const registry = createRegistry({ registryUrl });
  await registry.register(subjectOf(topics.click), schemaText('event'));
  await registry.register(subjectOf(topics.clean), schemaText('judged-event'));
  await Promise.all([raw.ready(), judged.ready()]);
  publisher = createPublisher({ kafka: kafka.kafka });
});
afterAll(async () => {
  await publisher.close();
  await kafka.admin.deleteTopics({ topics: topicKeys.map((key) => topics[key]) });
  await Promise.all([kafka.close(), redis.close()]);
});

/** A cleaner and an interests service as their `main.ts` put them together, in groups of their own:
 *  new ones read everything from the beginning, as after the loss of all offsets. */
async function startServices(name: string) {
  const rawTopics = rawKeys.map((key) => topics[key]);
  const claims = createClaims({ ...redis, topics: rawTopics, windowMs: 600_000, bucketsPerDay: 8 });
  const orders = createOrderMemory({ ...redis, historyTtlMs: 600_000, findingTtlMs: 600_000 });
  const metrics = { count: () => {}, observe: () => {} };
  const timed = createStepTimer(metrics);
  const clean = createCleanerStage({
    breaker: noBreaker,
    ...{ raw, review: judged, claims, orders, topics, metrics, timed },
    law: { tenants: new Map([['demo', aTenant()]]), rules: trafficRules, weightsVersion: 1 },
    publish: publisher.publish,
    encode: judged.encode,
  });
  const tag = createInterestsStage({
    ...{ codec: judged, topics, metrics, timed, ...keepingLog() },
    tags: createTagWriter({ ...redis, ttlMs: 600_000 }),
    clock: { now: Date.now },
  });
  const groups = { cleaner: aName(`${name}-cleaner`), interests: aName(`${name}-interests`) };
  const sources = [...rawTopics, topics.review];
  const started = await Promise.all([
    kafka.consume(groups.cleaner, { topics: sources, stage: clean }),
    kafka.consume(groups.interests, { topics: [topics.clean], stage: tag }),
  ]);
  return {
    async drained() {
      const lags = async () => {
        const cleaner = await groupLag(kafka.admin, groups.cleaner, sources);
        return [cleaner, await groupLag(kafka.admin, groups.interests, [topics.clean])];
      };
      const deadline = { deadlineMs: 40_000, message: 'the services read everything' };
      await eventually(async () => (await lags()).every((lag) => lag === 0), deadline);
      expect(started.flatMap(({ fatal }) => fatal)).toEqual([]);
      await Promise.all(started.map(({ handle }) => handle.stop()));
    },
  };
}

const users = Array.from({ length: 12 }, (_, nth) => `user-${nth}`);

/** Views and carts of a few users, every fifth of them by a crawler. */
function someEvents(count: number): readonly CleanEvent[] {
  return Array.from({ length: count }, (_, nth) => {
    const isCart = nth % 3 === 0;
    return anEvent({
      messageId: `m-${nth}`,
      anonymousId: users[nth % users.length] as string,
      userId: nth % 4 === 0 ? 'shared-login' : null,
      type: isCart ? 'product_added' : 'product_viewed',
      category: `c${nth % 5}`,
      channel: aChannel({ group: nth % 2 === 0 ? 'Email' : 'Direct' }),
      eventAt: noon + nth * 1000,
      originalAt: noon + nth * 1000,
      receivedAt: Date.now(),
      contentHash: `a${(nth + 1).toString(16).padStart(31, '0').slice(-8).padEnd(31, '0')}`,
      ...(nth % 5 === 0 && { userAgent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' }),
    });
  });
}

async function send(events: readonly Event[]): Promise<void> {
  for (const event of events) {
    const key = `demo:${event.anonymousId}`;
    const topic = event.type === 'product_added' ? topics.cart : topics.click;
    const message = { key, value: raw.encode(event) };
    await publisher.publish(topic, partitionOf(key, partitions), [message]);
  }
}

/** Everything a topic holds, read by a group of its own. */
async function readAll(topic: string): Promise<readonly JudgedEvent[]> {
  const found: JudgedEvent[] = [];
  const group = aName('reader');
  const { handle } = await kafka.consume(group, {
    topics: [topic],
    stage: async ({ records }) => {
      await judged.prepare(records.map(({ value }) => value));
      for (const { value } of records) {
        const decoded = judged.decode(value);
        if (decoded.ok) found.push(decoded.value);
      }
    },
  });
  const deadline = { deadlineMs: 20_000, message: `all of ${topic} read` };
  await eventually(async () => (await groupLag(kafka.admin, group, [topic])) === 0, deadline);
  await handle.stop();
  return found;
}

async function expectTags(facts: readonly CleanEvent[]): Promise<void> {
  const expected = tagsOf(facts, 1);
  const tags = createTags(redis.redis, redis.keys);
  expect([...expected.keys()].sort()).toEqual([...users, 'shared-login'].sort());
  for (const [id, wanted] of expected) {
    const found = new Map(
      (await tags.readTags('demo', id, 100)).map((one) => [one.tag, one.stored]),
    );
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [tag, { weight, scale }] of wanted) {
      expect(Math.abs((found.get(tag) ?? 0) - weight)).toBeLessThanOrEqual(1e-9 * scale);
    }
  }
}

test('sent twice and read twice, every event takes effect once', async () => {
  const events = someEvents(300);
  const counted = events.filter((_, nth) => nth % 5 !== 0);
  await send(events);
  await send(events.slice(0, 100));
  await (await startServices('first')).drained();
  await expectTags(counted);

  await send(events.slice(100, 150));
  await (await startServices('second')).drained();
  await expectTags(counted);

  const outcomes = new Map<string, string>();
  for (const topic of [topics.clean, topics.rejected, topics.deadLetter]) {
    for (const { source, outcome } of await readAll(topic)) {
      const place = `${source.topic}/${source.partition}/${source.offset}`;
      expect(outcomes.get(place) ?? outcome).toBe(outcome);
      outcomes.set(place, outcome);
    }
  }
  const counts = { counted: 0, bot: 0, duplicate: 0 };
  for (const outcome of outcomes.values()) counts[outcome as keyof typeof counts] += 1;
  expect(counts).toEqual({ counted: 240, bot: 60, duplicate: 150 });
});
