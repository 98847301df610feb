import type { Admin, Kafka } from 'kafkajs';
import { TransientError } from '../../../../services/shared/runtime/errors';
import {
  committedOffsets,
  committedPlaces,
  groupLag,
  kafkaOffsets,
  nothingCommitted,
} from '../../../../services/shared/runtime/group-offsets';
import { rawKeys, topicsOf } from '../../../../services/shared/runtime/topics';

/** Where the log of a partition begins and ends, and how far each group has committed. */
interface Partition {
  readonly log: readonly [low: number, high: number];
  readonly committed?: Readonly<Record<string, number>>;
}

type Topics = Readonly<Record<string, readonly Partition[]>>;

/** An admin of these topics, which notes what it is asked; `broken` answers nothing. */
function anAdmin(topics: Topics, { broken = false } = {}) {
  const asked: string[] = [];
  const partitionsOf = (topic: string) => {
    if (broken) throw new Error('no broker');
    return topics[topic] ?? [];
  };
  const admin: Pick<Admin, 'connect' | 'disconnect' | 'fetchOffsets' | 'fetchTopicOffsets'> = {
    connect: async () => void asked.push('connect'),
    disconnect: async () => void asked.push('disconnect'),
    async fetchOffsets({ groupId, topics: names = [] }) {
      asked.push(`committed ${groupId}`);
      return names.map((topic) => ({
        topic,
        partitions: partitionsOf(topic).map(({ committed }, partition) => {
          return { partition, offset: String(committed?.[groupId] ?? -1), metadata: null };
        }),
      }));
    },
    async fetchTopicOffsets(topic) {
      asked.push(`ends ${topic}`);
      return partitionsOf(topic).map(({ log: [low, high] }, partition) => {
        return { partition, offset: String(high), high: String(high), low: String(low) };
      });
    },
  };
  return { admin: admin as Admin, asked };
}

test('what a group has committed, without the partitions where it has committed nothing', async () => {
  const { admin } = anAdmin({
    a: [{ log: [0, 9], committed: { g: 7 } }, { log: [0, 9] }],
    b: [{ log: [0, 9], committed: { g: 0, other: 5 } }],
    c: [{ log: [0, 9], committed: { other: 5 } }],
  });
  expect(await committedPlaces(admin, 'g', ['a', 'b', 'c'])).toEqual([
    { topic: 'a', partition: 0, offset: 7 },
    { topic: 'b', partition: 0, offset: 0 },
  ]);
  expect(await committedOffsets(admin, 'g', ['a', 'b'])).toEqual(
    new Map([
      ['a/0', 7],
      ['b/0', 0],
    ]),
  );
});

test.each<[string, Partition, number]>([
  ['what is not committed', { log: [0, 10], committed: { g: 7 } }, 3],
  ['nothing once all is committed', { log: [4, 10], committed: { g: 10 } }, 0],
  ['all there is where nothing is committed', { log: [100, 130] }, 30],
  ['only what there is where the log begins later', { log: [50, 60], committed: { g: 10 } }, 10],
  ['nothing where the log ends before', { log: [0, 5], committed: { g: 9 } }, 0],
])('the lag is %s', async (_, partition, lag) => {
  const { admin, asked } = anAdmin({ a: [partition], b: [{ log: [0, 1] }, { log: [0, 1] }] });
  expect(await groupLag(admin, 'g', ['a'])).toBe(lag);
  expect(await groupLag(admin, 'g', ['a', 'b'])).toBe(lag + 2);
  expect(asked.slice(0, 2)).toEqual(['committed g', 'ends a']);
});

test('a group that has committed anything anywhere is not new', async () => {
  const { admin, asked } = anAdmin({
    a: [{ log: [0, 9] }, { log: [0, 9], committed: { first: 0 } }],
    b: [{ log: [0, 9] }],
  });
  const kafka = { admin: () => admin } as Kafka;
  expect(await nothingCommitted(kafka, ['first', 'second'], ['a', 'b'])).toBe(false);
  expect(await nothingCommitted(kafka, ['first', 'second'], ['b'])).toBe(true);
  expect(await nothingCommitted(kafka, ['second'], ['a', 'b'])).toBe(true);
  expect(asked.filter((what) => what === 'disconnect')).toHaveLength(3);
});

test('a broker that does not answer is no answer', async () => {
  const { admin, asked } = anAdmin({}, { broken: true });
  await expect(committedOffsets(admin, 'g', ['a'])).rejects.toThrow(TransientError);
  await expect(groupLag(admin, 'g', ['a'])).rejects.toThrow(/how far g has read/);
  const kafka = { admin: () => admin } as Kafka;
  await expect(nothingCommitted(kafka, ['g'], ['a'])).rejects.toThrow(TransientError);
  expect(asked.at(-1)).toBe('disconnect');
});

describe('what the ledger asks', () => {
  const topics = topicsOf('t.');
  const names = { topicPrefix: 't.', groupPrefix: 'g.' };

  test('a raw partition is judged as far as the cleaner that reads it has committed', async () => {
    const { admin } = anAdmin({
      [topics.click]: [
        { log: [2, 9], committed: { 'g.cleaner': 7 } },
        { log: [0, 9], committed: { 'g.cleaner': 3, 'g.cleaner-import': 5, 'g.metrics': 9 } },
        { log: [0, 9] },
      ],
      [topics.import]: [{ log: [0, 4], committed: { 'g.cleaner-import': 4 } }],
      [topics.review]: [{ log: [0, 4], committed: { 'g.cleaner': 4 } }],
    });
    expect(await kafkaOffsets(admin, names).judged()).toEqual(
      new Map([
        [`${topics.click}/0`, 7],
        [`${topics.click}/1`, 5],
        [`${topics.import}/0`, 4],
      ]),
    );
  });

  test('cleaned partitions end where their logs do, and are written as far as metrics says', async () => {
    const { admin } = anAdmin({
      [topics.clean]: [
        { log: [0, 20], committed: { 'g.metrics': 15, 'g.interests': 20 } },
        { log: [0, 3] },
      ],
      [topics.deadLetter]: [{ log: [1, 2], committed: { 'g.metrics': 2 } }],
      [topics.click]: [{ log: [0, 9], committed: { 'g.metrics': 9 } }],
    });
    const offsets = kafkaOffsets(admin, names);
    expect(await offsets.ends()).toEqual(
      new Map([
        [`${topics.clean}/0`, 20],
        [`${topics.clean}/1`, 3],
        [`${topics.deadLetter}/0`, 2],
      ]),
    );
    expect(await offsets.written()).toEqual(
      new Map([
        [`${topics.clean}/0`, 15],
        [`${topics.deadLetter}/0`, 2],
      ]),
    );
  });

  test('logs are those of the raw topics, the review topic apart', async () => {
    const { admin } = anAdmin({
      ...Object.fromEntries(rawKeys.map((key, n) => [topics[key], [{ log: [n, n + 10] }]])),
      [topics.review]: [{ log: [0, 4] }],
      [topics.clean]: [{ log: [0, 20] }],
    } as Topics);
    const offsets = kafkaOffsets(admin, names);
    expect(await offsets.logs()).toEqual(
      rawKeys.map((key, n) => {
        return { topic: topics[key], partition: 0, logStart: n, logEnd: n + 10 };
      }),
    );
    expect(await offsets.reviewLogs()).toEqual([
      { topic: topics.review, partition: 0, logStart: 0, logEnd: 4 },
    ]);
  });
});
