import { FatalError } from '../shared/runtime/errors';
import { type RawTopicKey, rawKeys, type Topics } from '../shared/runtime/topics';

export type RawLanes = Readonly<Record<RawTopicKey, { topic: string; partitions: number }>>;

/** The raw topics with their numbers of partitions, by topic name. Asked for once: where a topic was
 *  enlarged, the collectors are restarted. FatalError where a topic is missing. */
export function rawLanes(topics: Topics, partitions: ReadonlyMap<string, number>): RawLanes {
  const missing = rawKeys.map((key) => topics[key]).filter((topic) => !partitions.has(topic));
  if (missing.length > 0) {
    throw new FatalError(`Kafka has no ${missing.join(', ')}: run deploy/setup first`);
  }
  const lanes = rawKeys.map((key) => {
    const topic = topics[key];
    return [key, { topic, partitions: partitions.get(topic) ?? 0 }] as const;
  });
  return Object.fromEntries(lanes) as RawLanes;
}
