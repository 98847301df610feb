import { setUpTopics } from '../../../deploy/setup/topics';
import type { Event } from '../../../services/shared/domain/event';
import { eventCodec } from '../../../services/shared/runtime/codecs';
import { partitionOf } from '../../../services/shared/runtime/publisher';
import { createRegistry } from '../../../services/shared/runtime/registry';
import { schemaText } from '../../../services/shared/runtime/schema-files';
import { rawKeys, subjectOf, type Topics, topicsOf } from '../../../services/shared/runtime/topics';
import { startCollector, type TestCollector } from '../../support/collector';
import { eventually } from '../../support/eventually';
import { type TestKafka, testKafka } from '../../support/kafka';
import { keepingLog } from '../../support/log-lines';
import { aName } from '../../support/names';
import { addressOf } from '../../support/server-addresses';

/** A record as the cleaner would read it. */
export interface Landed {
  readonly topic: string;
  readonly partition: number;
  readonly event: Event;
}

/** A collector on raw topics of its own, and what lands there. */
export interface Landing {
  readonly kafka: TestKafka;
  readonly prefix: string;
  readonly topics: Topics;
  readonly collector: TestCollector;
  /** A collector beside it; its topics are set up under `topicPrefix`, unless they are there. */
  another(topicPrefix: string, env?: NodeJS.ProcessEnv): Promise<TestCollector>;
  /** Posts to the collector as it stands: no redirect is followed. */
  post(
    path: string,
    body: string | Uint8Array,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** The records that `wanted` takes, in the order of each partition, once there are so many. */
  landed(wanted: (event: Event) => boolean, count: number): Promise<readonly Landed[]>;
  close(): Promise<void>;
}

export const auth = { authorization: `Basic ${Buffer.from('demo-write-key:').toString('base64')}` };

const partitions = 4;

export async function openLanding(): Promise<Landing> {
  const prefix = `${aName('collector')}.`;
  const topics = topicsOf(prefix);
  const kafka = await testKafka();
  const made = new Set<string>();
  const started: TestCollector[] = [];
  const another = async (topicPrefix: string, env = {}) => {
    for (const topic of await setUp(kafka, topicPrefix)) made.add(topic);
    const collector = await startCollector({ ...env, TOPIC_PREFIX: topicPrefix });
    started.push(collector);
    return collector;
  };
  const collector = await another(prefix);
  const records = await readRawTopics(kafka, topics);
  return {
    ...{ kafka, prefix, topics, collector, another },
    post: (path, body, headers = auth) =>
      fetch(collector.url + path, { method: 'POST', body, headers, redirect: 'manual' }),
    async landed(wanted, count) {
      const found = () => records.filter(({ event }) => wanted(event));
      await eventually(() => found().length >= count, {
        deadlineMs: 30_000,
        message: `${count} records; there are ${found().length}`,
      });
      return found();
    },
    async close() {
      for (const one of started) await one.stop();
      const there = new Set(await kafka.admin.listTopics());
      await kafka.admin.deleteTopics({ topics: [...made].filter((topic) => there.has(topic)) });
      await kafka.close();
    },
  };
}

async function setUp({ admin }: TestKafka, prefix: string): Promise<readonly string[]> {
  const topics = topicsOf(prefix);
  const { log } = keepingLog();
  await setUpTopics({ admin, topics, partitions, replicationFactor: 1, log });
  const registry = createRegistry({ registryUrl: addressOf('SCHEMA_REGISTRY_URL') });
  await registry.register(subjectOf(topics.click), schemaText('event'));
  return Object.values(topics);
}

async function readRawTopics(kafka: TestKafka, topics: Topics): Promise<readonly Landed[]> {
  const registryUrl = addressOf('SCHEMA_REGISTRY_URL');
  const codec = eventCodec({ registryUrl, topic: topics.click });
  const records: Landed[] = [];
  await kafka.consume(aName('group'), {
    topics: rawKeys.map((key) => topics[key]),
    async stage({ topic, partition, records: batch }) {
      await codec.prepare(batch.map(({ value }) => value));
      for (const { value, key } of batch) {
        const decoded = codec.decode(value);
        if (!decoded.ok) throw new Error(decoded.message);
        expect(partition).toBe(partitionOf(key ?? '', partitions));
        records.push({ topic, partition, event: decoded.value });
      }
    },
  });
  return records;
}
