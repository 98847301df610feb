import { publishOutcomes } from '../../../services/cleaner/publish';
import { type JudgedEvent, outcomes } from '../../../services/shared/domain/outcome';
import { topicsOf } from '../../../services/shared/runtime/topics';
import { aDecision, aJudgedEvent, noon } from '../../support/event-builders';
import { anEffectLog } from '../../support/fakes/effects';
import { aBatch } from '../../support/fakes/kafka';

const topics = topicsOf('test.');

/** What is published for records of partition 3 with these outcomes: `topic/partition keys`. */
async function published(judged: readonly JudgedEvent[]): Promise<readonly string[]> {
  const { effects, step } = anEffectLog();
  const records = judged.map((_, offset) => ({
    ...{ topic: topics.click, partition: 3, offset, appendedAt: noon },
    key: Buffer.from(`k${offset}`),
    value: null,
  }));
  await publishOutcomes(aBatch(records, { topic: topics.click, partition: 3 }), judged, {
    topics,
    encode: () => Buffer.of(),
    publish: (topic, partition, messages) =>
      step(`${topic}/${partition} ${messages.map(({ key }) => key).join(' ')}`, () => {}),
  });
  return effects;
}

test('outcomes go to their topics, at the partition and in the order of their sources', async () => {
  const source = { topic: topics.click, partition: 3, offset: 7 };
  const judged = [...outcomes, ...outcomes].map((outcome) => aJudgedEvent({ outcome, source }));
  expect(outcomes.join(' ')).toBe('counted duplicate bot held rejected collision dead erased');
  expect(await published(judged)).toEqual([
    'test.events.clean.v1/3 k0 k8',
    'test.events.rejected.v1/3 k1 k2 k3 k4 k5 k7 k9 k10 k11 k12 k13 k15',
    'test.events.dead-letter.v1/3 k6 k14',
  ]);
});

test('decisions go on as clean records, whatever they decide', async () => {
  const decisions = (['counted', 'held', 'rejected'] as const).map((outcome) =>
    aDecision(aJudgedEvent(), { outcome, version: 5 }),
  );
  expect(await published(decisions)).toEqual(['test.events.clean.v1/3 k0 k1 k2']);
});

test('records that are sent through again go to the partition of their source', async () => {
  const source = { topic: topics.click, partition: 1, offset: 7 };
  const judged = [aJudgedEvent({ source }), aDecision(aJudgedEvent({ source }))];
  expect(await published(judged)).toEqual([
    'test.events.clean.v1/1 k0',
    'test.events.clean.v1/3 k1',
  ]);
});

test('an empty batch asks for nothing', async () => {
  expect(await published([])).toEqual([]);
});
