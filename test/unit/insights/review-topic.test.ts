import { createReviewTopic } from '../../../services/insights/review-topic';
import { recordKey } from '../../../services/shared/domain/event';
import { TransientError } from '../../../services/shared/runtime/errors';
import { type OutgoingMessage, partitionOf } from '../../../services/shared/runtime/publisher';
import { aDecision, aJudgedEvent } from '../../support/event-builders';
import { testCodecs } from '../../support/fakes/codecs';

const topic = 'events.review.v1';
const partitions = 7;

/** A Kafka that is away for the first `failures` questions. */
async function aTopic(failures = 0) {
  const posted: { topic: string; partition: number; messages: readonly OutgoingMessage[] }[] = [];
  let asked = 0;
  const partitionCounts = async () => {
    asked += 1;
    if (asked <= failures) throw new TransientError('nobody there', { server: 'kafka' });
    return new Map([[topic, partitions]]);
  };
  const { judged: codec } = await testCodecs();
  const publisher = {
    publish: async (to: string, partition: number, messages: readonly OutgoingMessage[]) => {
      posted.push({ topic: to, partition, messages });
    },
  };
  return { ...createReviewTopic({ topic, partitionCounts, publisher, codec }), posted, codec };
}

const decided = aDecision(aJudgedEvent(), { version: 0 });
const key = recordKey(aJudgedEvent().event);

test('a decision goes under the key of its record, and says what its row says', async () => {
  const { post, posted, read } = await aTopic();
  await post(decided);
  await post(decided);
  const partition = partitionOf(key, partitions);
  expect(posted.map((one) => [one.topic, one.partition])).toEqual([
    [topic, partition],
    [topic, partition],
  ]);
  const [message] = posted[0]?.messages ?? [];
  expect(message?.key).toBe('demo:ann');
  expect(await read(message?.value as Buffer)).toEqual(decided);
});

test('after an outage the next decision finds its way', async () => {
  const { post, posted } = await aTopic(1);
  await expect(post(decided)).rejects.toThrow(TransientError);
  await post(decided);
  expect(posted).toHaveLength(1);
});

test('bytes that cannot be read, and records without an event, are no decisions', async () => {
  const { post, read, posted } = await aTopic();
  await expect(read(Buffer.from('rubbish'))).rejects.toThrow('cannot be read');
  await expect(post({ ...decided, event: null })).rejects.toThrow('without an event');
  expect(posted).toEqual([]);
});
