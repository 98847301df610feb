import type { Admin } from 'kafkajs';
import { kafkaFailure } from './kafka';

/** How many partitions each of these topics has; a topic that does not exist is left out. Connects
 *  the client where it is not. TransientError when no broker answers. */
export async function partitionCounts(
  admin: Admin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const asked = topics.filter((topic) => existing.has(topic));
    // Without a name in the list the broker answers for every topic it has.
    if (asked.length === 0) return new Map();
    const metadata = await admin.fetchTopicMetadata({ topics: asked });
    return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
  } catch (error) {
    throw kafkaFailure(error, 'reading the numbers of partitions');
  }
}
