import type { Admin } from 'kafkajs';
import { FatalError } from '../shared/runtime/errors';
import { kafkaFailure } from '../shared/runtime/kafka';
import { type RawTopicKey, rawKeys, type Topics } from '../shared/runtime/topics';

export type RawLanes = Readonly<Record<RawTopicKey, { topic: string; partitions: number }>>;

/** The raw topics with their numbers of partitions, which the broker knows. They are asked for once:
 *  where a topic was enlarged, the collectors are restarted. TransientError when no broker answers;
 *  FatalError where a topic is missing. */
export async function readLanes(admin: Admin, topics: Topics): Promise<RawLanes> {
  const counts = await partitionCounts(
    admin,
    rawKeys.map((key) => topics[key]),
  );
  const lanes = rawKeys.map((key) => {
    const partitions = counts.get(topics[key]) ?? 0;
    return [key, { topic: topics[key], partitions }] as const;
  });
  const missing = lanes.filter(([, lane]) => lane.partitions === 0).map(([, lane]) => lane.topic);
  if (missing.length > 0) {
    throw new FatalError(`Kafka has no ${missing.join(', ')}: run the setup (npm run setup) first`);
  }
  return Object.fromEntries(lanes) as RawLanes;
}

async function partitionCounts(
  admin: Admin,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const asked = wanted.filter((topic) => existing.has(topic));
    // Without a name in the list the broker answers for every topic it has.
    if (asked.length === 0) return new Map();
    const { topics } = await admin.fetchTopicMetadata({ topics: asked });
    return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  } catch (error) {
    throw kafkaFailure(error, 'reading the raw topics');
  }
}
