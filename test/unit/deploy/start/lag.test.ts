import type { Admin } from 'kafkajs';
import { readLags } from '../../../../deploy/start/lag';

interface Partition {
  readonly low: number;
  readonly high: number;
  /** Null: the group has committed nothing. */
  readonly committed: number | null;
}

/** An admin that knows these partitions, the same for every group, and notes what it is asked. */
function anAdmin(topics: Readonly<Record<string, readonly Partition[]>>) {
  const asked: string[] = [];
  const partitionsOf = (topic: string) => topics[topic] ?? [];
  const admin: Pick<Admin, 'fetchOffsets' | 'fetchTopicOffsets'> = {
    async fetchOffsets({ groupId, topics: names = [] }) {
      asked.push(groupId);
      return names.map((topic) => ({
        topic,
        partitions: partitionsOf(topic).map(({ committed }, partition) => ({
          partition,
          offset: String(committed ?? -1),
          metadata: null,
        })),
      }));
    },
    async fetchTopicOffsets(topic) {
      return partitionsOf(topic).map(({ low, high }, partition) => ({
        partition,
        offset: String(high),
        high: String(high),
        low: String(low),
      }));
    },
  };
  return { admin: admin as Admin, asked };
}

test('adds up what each group has not committed of the topics it reads', async () => {
  const { admin, asked } = anAdmin({
    'a.events.click.v1': [
      { low: 0, high: 10, committed: 7 },
      { low: 0, high: 5, committed: 5 },
    ],
    'a.events.import.v1': [{ low: 100, high: 130, committed: null }],
    'a.events.review.v1': [{ low: 0, high: 7, committed: 5 }],
    'a.events.clean.v1': [{ low: 0, high: 4, committed: 0 }],
    'a.events.dead-letter.v1': [{ low: 0, high: 2, committed: 1 }],
    'events.clean.v1': [{ low: 0, high: 1000, committed: 0 }],
  });
  const lags = await readLags({ admin, topicPrefix: 'a.', groupPrefix: 'g.' });
  expect(lags).toEqual({ cleaner: 3 + 2, 'cleaner-import': 30, interests: 4, metrics: 4 + 1 });
  expect(asked).toEqual(['g.cleaner', 'g.cleaner-import', 'g.interests', 'g.metrics']);
});

test('topics that are empty or unknown to a group are no lag', async () => {
  const { admin } = anAdmin({ 'events.click.v1': [{ low: 0, high: 0, committed: null }] });
  const lags = await readLags({ admin, topicPrefix: '', groupPrefix: 'g.' });
  expect(lags).toEqual({ cleaner: 0, 'cleaner-import': 0, interests: 0, metrics: 0 });
});
