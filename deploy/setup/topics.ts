import type { Admin, IResourceConfigEntry, ITopicConfig } from 'kafkajs';
import { ConfigResourceTypes } from 'kafkajs';
import { FatalError } from '../../services/shared/runtime/errors';
import { kafkaFailure } from '../../services/shared/runtime/kafka';
import type { Log } from '../../services/shared/runtime/log';
import {
  cleanedKeys,
  rawKeys,
  type TopicKey,
  type Topics,
  topicKeys,
} from '../../services/shared/runtime/topics';

export interface TopicsOptions {
  readonly admin: Admin;
  readonly topics: Topics;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly log: Log;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Raw records must be gone before the cleaner forgets their message ids (7 days), or a replay of the
 *  log would count them again; a segment is only deleted as a whole, hence the short segments. */
const rawRetentionMs = 6 * dayMs;
const retentionMs: Readonly<Record<TopicKey, number>> = {
  click: rawRetentionMs,
  cart: rawRetentionMs,
  order: rawRetentionMs,
  identity: rawRetentionMs,
  import: rawRetentionMs,
  clean: 7 * dayMs,
  rejected: 7 * dayMs,
  deadLetter: 7 * dayMs,
  // People's words are few, and the first thing asked for when a number is doubted.
  review: 90 * dayMs,
};

/** Creates the topics that are missing and grows those with too few partitions, except review, whose
 *  offsets are versions. Answers with the names it created. FatalError where a topic is not usable. */
export async function setUpTopics(options: TopicsOptions): Promise<readonly string[]> {
  try {
    await options.admin.connect();
    const created = await createMissing(options);
    await grow(options);
    await assertCoPartitioned(options);
    for (const topic of await assertConfigured(options)) {
      const fields = { topic, longestMs: rawRetentionMs };
      options.log.warn(
        fields,
        'records outlive the memory of their message ids: a replay would count twice',
      );
    }
    return created;
  } catch (error) {
    throw kafkaFailure(error, 'setting up the topics');
  }
}

async function createMissing(options: TopicsOptions): Promise<readonly string[]> {
  const { admin, topics, partitions, replicationFactor } = options;
  const existing = new Set(await admin.listTopics());
  const missing = topicKeys.filter((key) => !existing.has(topics[key]));
  const wanted = missing.map((key): ITopicConfig => {
    const configEntries = configOf(key, replicationFactor);
    return { topic: topics[key], numPartitions: partitions, replicationFactor, configEntries };
  });
  if (wanted.length > 0) await admin.createTopics({ topics: wanted, waitForLeaders: true });
  return wanted.map((one) => one.topic);
}

function configOf(key: TopicKey, replicationFactor: number): IResourceConfigEntry[] {
  return [
    // A producer's old time stamp must not make retention delete what nobody has read.
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
    { name: 'cleanup.policy', value: 'delete' },
    { name: 'retention.ms', value: String(retentionMs[key]) },
    { name: 'segment.ms', value: String(hourMs) },
    ...(replicationFactor > 2 ? [{ name: 'min.insync.replicas', value: '2' }] : []),
  ];
}

/** What the cleaner writes to grows first: a record goes to the partition number of its source. */
async function grow({ admin, topics, partitions, log }: TopicsOptions): Promise<void> {
  for (const key of [...cleanedKeys, ...rawKeys]) {
    const [count = 0] = await partitionCounts(admin, [topics[key]]);
    if (count >= partitions) continue;
    log.info({ topic: topics[key], from: count, to: partitions }, 'partitions are added');
    const topicPartitions = [{ topic: topics[key], count: partitions }];
    await admin.createPartitions({ topicPartitions });
  }
}

/** FatalError where records of a source partition could not be written to its number. */
export async function assertCoPartitioned({
  admin,
  topics,
}: Pick<TopicsOptions, 'admin' | 'topics'>): Promise<void> {
  const sources = [...rawKeys, 'review' as const].map((key) => topics[key]);
  const most = Math.max(...(await partitionCounts(admin, sources)));
  for (const topic of cleanedKeys.map((key) => topics[key])) {
    const [count = 0] = await partitionCounts(admin, [topic]);
    if (count >= most) continue;
    throw new FatalError(
      `${topic} has ${count} partitions and a source topic has ${most}: a record is written to the ` +
        `partition number of its source. Run kafka-topics --alter --topic ${topic} --partitions ` +
        `${most}, or set KAFKA_PARTITIONS=${most} and run the set-up again.`,
    );
  }
}

async function partitionCounts(admin: Admin, topics: string[]): Promise<readonly number[]> {
  const metadata = await admin.fetchTopicMetadata({ topics });
  return metadata.topics.map((topic) => topic.partitions.length);
}

/** Answers with the raw topics that keep records for longer than their message ids are remembered.
 *  FatalError where retention would go by what producers say the time is. */
export async function assertConfigured({
  admin,
  topics,
}: Pick<TopicsOptions, 'admin' | 'topics'>): Promise<readonly string[]> {
  const resources = topicKeys.map((key) => ({
    type: ConfigResourceTypes.TOPIC,
    name: topics[key],
    configNames: ['message.timestamp.type', 'retention.ms'],
  }));
  const answer = await admin.describeConfigs({ resources, includeSynonyms: false });
  return answer.resources.flatMap(({ resourceName, configEntries }) => {
    const configured = (name: string) =>
      configEntries.find((entry) => entry.configName === name)?.configValue ?? '';
    if (configured('message.timestamp.type') !== 'LogAppendTime') {
      throw new FatalError(
        `${resourceName} must have message.timestamp.type=LogAppendTime. Run kafka-configs --alter ` +
          `--entity-type topics --entity-name ${resourceName} ` +
          '--add-config message.timestamp.type=LogAppendTime',
      );
    }
    const kept = Number(configured('retention.ms'));
    const isRaw = rawKeys.some((key) => topics[key] === resourceName);
    return isRaw && (kept < 0 || kept > rawRetentionMs) ? [resourceName] : [];
  });
}
