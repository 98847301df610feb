import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { freePorts } from '../../../deploy/local/ports';
import { setUpTopics } from '../../../deploy/setup/topics';
import { noBreaker } from '../../../services/cleaner/breaker';
import { createCleanerStage } from '../../../services/cleaner/stage';
import type { Event } from '../../../services/shared/domain/event';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import { trafficRules } from '../../../services/shared/domain/traffic-rules';
import type { Codec } from '../../../services/shared/runtime/codec';
import { eventCodec, judgedEventCodec } from '../../../services/shared/runtime/codecs';
import { createPublisher } from '../../../services/shared/runtime/publisher';
import { createRegistry } from '../../../services/shared/runtime/registry';
import { schemaText } from '../../../services/shared/runtime/schema-files';
import type { RecordBatch } from '../../../services/shared/runtime/stage';
import { createStepTimer } from '../../../services/shared/runtime/steps';
import { cleanedKeys, rawKeys, subjectOf, topicsOf } from '../../../services/shared/runtime/topics';
import { createClaims } from '../../../services/shared/stores/redis/claims';
import { startCollector, type TestCollector } from '../../support/collector';
import { aTenant } from '../../support/event-builders';
import { eventually } from '../../support/eventually';
import { fakeOrderMemory } from '../../support/fakes/order-memory';
import { testKafka } from '../../support/kafka';
import { type KafkaLink, openKafkaLink } from '../../support/kafka-link';
import { keepingLog } from '../../support/log-lines';
import { aName } from '../../support/names';
import { testRedis } from '../../support/redis';
import { addressOf } from '../../support/server-addresses';
import { type FaultGate, openGate } from './fault-gate';

/** What became of everything that one user sent. */
export interface Account {
  /** Records on the raw topics. */
  readonly accepted: number;
  /** Distinct message ids among them. */
  readonly messages: number;
  /** Numbers of the events that counted, in ascending order: one that is doubled stands twice. */
  readonly counted: readonly number[];
  readonly duplicates: number;
  /** Outcomes other than counted and duplicate. */
  readonly others: readonly string[];
}

export interface Door {
  readonly collector: TestCollector;
  /** Between the SDK and the collector. */
  readonly gate: FaultGate;
  /** Between the collector and Kafka. */
  readonly link: KafkaLink;
}

export interface SdkWorld {
  /** A collector on the world's topics behind a gate; `env` as for the service. */
  door(env?: NodeJS.ProcessEnv): Promise<Door>;
  /** Of the user, once every record that Kafka has by now has its outcome. */
  accountOf(user: string): Promise<Account>;
  /** Until it is mended, by what is answered, the topic of orders takes no record. */
  breakOrders(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const partitions = 2;

/** Real Kafka, registry and Redis, with the cleaner behind the collector: what counts is what the
 *  cleaner lets through. */
export async function anSdkWorld(): Promise<SdkWorld> {
  const topics = topicsOf(`${aName('sdk')}.`);
  const registryUrl = addressOf('SCHEMA_REGISTRY_URL');
  const [kafka, redis] = await Promise.all([testKafka(), testRedis()]);
  const { log } = keepingLog();
  await setUpTopics({ admin: kafka.admin, topics, partitions, replicationFactor: 1, log });
  const registry = createRegistry({ registryUrl });
  await registry.register(subjectOf(topics.click), schemaText('event'));
  await registry.register(subjectOf(topics.clean), schemaText('judged-event'));
  const raw = eventCodec({ registryUrl, topic: topics.click });
  const judged = judgedEventCodec({ registryUrl, topic: topics.clean });
  await Promise.all([raw.ready(), judged.ready()]);
  const publisher = createPublisher({ kafka: kafka.kafka });
  const rawTopics = rawKeys.map((key) => topics[key]);
  const metrics = { count: () => {}, observe: () => {} };
  const clean = createCleanerStage({
    breaker: noBreaker,
    ...{ raw, review: judged, topics, metrics, timed: createStepTimer(metrics) },
    claims: createClaims({ ...redis, topics: rawTopics, windowMs: 600_000, bucketsPerDay: 8 }),
    orders: fakeOrderMemory(),
    law: { tenants: new Map([['demo', aTenant()]]), rules: trafficRules, weightsVersion: 1 },
    publish: publisher.publish,
    encode: judged.encode,
  });
  const sent: Event[] = [];
  const outcomes = new Map<string, JudgedEvent>();
  await kafka.consume(aName('cleaner'), { topics: rawTopics, stage: clean });
  await kafka.consume(aName('reader'), {
    topics: rawTopics,
    stage: reading(raw, (event) => void sent.push(event)),
  });
  await kafka.consume(aName('reader'), {
    topics: cleanedKeys.map((key) => topics[key]),
    stage: reading(judged, (one) => void outcomes.set(JSON.stringify(one.source), one)),
  });
  const opened: Door[] = [];
  return {
    async door(env = {}) {
      const prefix = topics.click.slice(0, -topicsOf().click.length);
      const link = openKafkaLink();
      const collector = await link.within(() => startCollector({ TOPIC_PREFIX: prefix, ...env }));
      const gate = await openGate(Number(new URL(collector.url).port), (await freePorts()).kafka);
      opened.push({ collector, gate, link });
      return { collector, gate, link };
    },
    async accountOf(user) {
      const appended = await recordsOn(kafka.admin, rawTopics);
      await eventually(() => sent.length >= appended && outcomes.size >= appended, {
        deadlineMs: 20_000,
        message: `an outcome of each of ${appended} records`,
      });
      return account(user, sent, [...outcomes.values()]);
    },
    breakOrders: () => breakTopic(kafka.admin, topics.order),
    async close() {
      for (const { gate, collector, link } of opened) {
        await gate.close();
        await collector.stop();
        link.close();
      }
      await publisher.close();
      await kafka.admin.deleteTopics({ topics: Object.values(topics) });
      await Promise.all([kafka.close(), redis.close()]);
    },
  };
}

function reading<T>(codec: Codec<T>, take: (value: T) => void) {
  return async ({ records }: RecordBatch): Promise<void> => {
    await codec.prepare(records.map(({ value }) => value));
    for (const { value } of records) {
      const decoded = codec.decode(value);
      if (!decoded.ok) throw new Error(decoded.message);
      take(decoded.value);
    }
  };
}

async function recordsOn(admin: Admin, topics: readonly string[]): Promise<number> {
  const ends = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
  return ends.flat().reduce((sum, { high }) => sum + Number(high), 0);
}

function account(user: string, sent: readonly Event[], outcomes: readonly JudgedEvent[]): Account {
  const own = sent.filter(({ anonymousId }) => anonymousId === user);
  const settled = outcomes.filter(({ event }) => event?.anonymousId === user);
  const numbers = settled
    .filter(({ outcome }) => outcome === 'counted')
    .map(({ event }) => numberOf(event?.properties));
  const named = settled.map(({ outcome, reason }) => `${outcome}/${reason}`);
  return {
    accepted: own.length,
    messages: new Set(own.map(({ messageId }) => messageId)).size,
    counted: numbers.sort((a, b) => a - b),
    duplicates: named.filter((name) => name === 'duplicate/same_message').length,
    others: named.filter((name) => !/^(counted|duplicate)\//.test(name)),
  };
}

function numberOf(properties = '{}'): number {
  return Number((JSON.parse(properties) as { n?: number }).n);
}

/** Where a setting was made, as brokers number it. */
const ofTheTopic = 1;

/** Lets the topic take records of one byte only; everything else of its settings stays. */
async function breakTopic(admin: Admin, topic: string): Promise<() => Promise<void>> {
  const type = ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type, name: topic }],
  });
  const own = (resources[0]?.configEntries ?? []).filter(
    (entry) => (entry as { configSource?: number }).configSource === ofTheTopic,
  );
  const before = own.map(({ configName: name, configValue: value }) => ({ name, value }));
  const set = (configEntries: { name: string; value: string }[]) =>
    admin.alterConfigs({ validateOnly: false, resources: [{ type, name: topic, configEntries }] });
  await set([...before, { name: 'max.message.bytes', value: '1' }]);
  return async () => {
    await set(before);
  };
}
