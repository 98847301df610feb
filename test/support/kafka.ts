import type { Admin, ITopicConfig, Kafka, Producer } from 'kafkajs';
import {
  type ConsumerHandle,
  type ConsumerOptions,
  type ConsumerSettings,
  startConsumer,
} from '../../services/shared/runtime/consumer';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createMetrics, type Metrics } from '../../services/shared/runtime/metrics';
import { keepingLog, type LogLine } from './log-lines';
import { aName } from './names';
import { addressOf } from './server-addresses';

/** Short times, so that what takes seconds in service takes a fraction of one here. */
export const quickSettings: ConsumerSettings = {
  sessionTimeoutMs: 6000,
  partitionsAtOnce: 4,
  maxBytesPerPartition: 524_288,
  maxBytes: 4_194_304,
  maxWaitMs: 50,
  commitEveryMs: 50,
  retryBaseMs: 50,
  retryMaxMs: 200,
  stuckAfterMs: 2000,
};

export type TestConsumerOptions = Pick<ConsumerOptions, 'topics' | 'stage'> &
  Partial<ConsumerOptions>;

export interface StartedConsumer {
  readonly handle: ConsumerHandle;
  readonly metrics: Metrics;
  /** What would have ended the process. */
  readonly fatal: readonly Error[];
}

/** A real Kafka, used through topics and groups that only this test knows. */
export interface TestKafka {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly producer: Producer;
  readonly logLines: readonly LogLine[];
  topic(partitions?: number, config?: Readonly<Record<string, string>>): Promise<string>;
  /** Appends values to a partition, in order. */
  append(topic: string, partition: number, values: readonly (string | Buffer)[]): Promise<void>;
  consume(groupId: string, options: TestConsumerOptions): Promise<StartedConsumer>;
  /** The group's committed offsets of a topic by partition; -1 where there is none. */
  committed(groupId: string, topic: string): Promise<Readonly<Record<number, number>>>;
  /** Stops every consumer, deletes every topic and disconnects. */
  close(): Promise<void>;
}

export async function testKafka(): Promise<TestKafka> {
  const { log, lines } = keepingLog();
  const brokers = addressOf('KAFKA_BROKERS').split(',');
  const kafka = createKafka({ clientId: aName('test'), brokers, log });
  const admin = kafka.admin();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  const topics: string[] = [];
  const consumers: ConsumerHandle[] = [];
  await Promise.all([admin.connect(), producer.connect()]);
  return {
    kafka,
    admin,
    producer,
    logLines: lines,
    async topic(partitions = 1, config = {}) {
      const topic = aName('test');
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      const wanted: ITopicConfig = { topic, numPartitions: partitions, configEntries };
      await admin.createTopics({ topics: [wanted], waitForLeaders: true });
      topics.push(topic);
      return topic;
    },
    async append(topic, partition, values) {
      const messages = values.map((value) => ({ key: null, value, partition }));
      await producer.send({ topic, messages, acks: -1 });
    },
    async consume(groupId, options) {
      const metrics = createMetrics('test');
      const fatal: Error[] = [];
      const onFatal = (error: Error) => void fatal.push(error);
      const common = { kafka, groupId, settings: quickSettings, log, metrics, onFatal };
      const handle = await startConsumer({ ...common, ...options });
      consumers.push(handle);
      return { handle, metrics, fatal };
    },
    async committed(groupId, topic) {
      const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const partitions = answer?.partitions ?? [];
      return Object.fromEntries(partitions.map((one) => [one.partition, Number(one.offset)]));
    },
    async close() {
      await Promise.allSettled(consumers.map((handle) => handle.stop()));
      if (topics.length > 0) await admin.deleteTopics({ topics });
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    },
  };
}
