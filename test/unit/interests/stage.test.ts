import { createInterestsStage } from '../../../services/interests/stage';
import { applicationsOf } from '../../../services/shared/domain/application';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import type { Codec } from '../../../services/shared/runtime/codec';
import { topicsOf } from '../../../services/shared/runtime/topics';
import { aChannel, aDecision, aJudgedEvent, anEvent, noon } from '../../support/event-builders';
import { testCodecs } from '../../support/fakes/codecs';
import { anEffectLog, type Death, deathsWithin } from '../../support/fakes/effects';
import { fakeKafka } from '../../support/fakes/kafka';
import { fakeTags } from '../../support/fakes/tags';
import { keepingLog } from '../../support/log-lines';

const topics = topicsOf();
let codec: Codec<JudgedEvent>;
beforeAll(async () => {
  codec = (await testCodecs()).judged;
});

function aWorld(death?: Death) {
  const log = anEffectLog(death);
  const kafka = fakeKafka(noon);
  const tags = fakeTags();
  const measured: string[] = [];
  const stage = createInterestsStage({
    codec: {
      decode: codec.decode,
      prepare: (values) => log.step('prepare', () => codec.prepare(values)),
    },
    tags: {
      apply: (wanted) => log.step(`apply ${wanted.length}`, () => tags.apply(wanted)),
    },
    topics,
    clock: { now: () => noon + 450 },
    timed: async (_, work) => work(),
    log: keepingLog().log,
    metrics: {
      count: (name, _, by) => {
        measured.push(`${name.replace(/^tributary_|_total$/g, '')} ${by}`);
      },
      observe: (name, labels, seconds) => {
        measured.push(`${name} ${Object.values(labels)} ${seconds}`);
      },
    },
  });
  const publishClean = (judged: readonly JudgedEvent[]) =>
    kafka.publish(
      topics.clean,
      1,
      judged.map((each) => ({ key: null, value: codec.encode(each) })),
    );
  return { ...log, kafka, tags, stage, measured, publishClean };
}

const at = (offset: number, userId: string | null = null) =>
  aJudgedEvent({
    source: { topic: topics.click, partition: 1, offset },
    event: anEvent({ category: 'Bags', userId, channel: aChannel({ group: 'Email' }) }),
  });

/** A record twice, as after a crash of the cleaner, one with two ids, and a decision before its
 *  original. */
const clean = () => [at(1), aDecision(at(3)), at(2, 'u-1'), at(1), at(2, 'u-1'), at(3), at(4)];

test('one call applies the whole batch', async () => {
  const world = aWorld();
  await world.publishClean(clean());
  await world.stage(world.kafka.batch(topics.clean, 1));
  expect(world.effects).toEqual(['prepare', 'apply 9']);
  expect(world.measured).toEqual([
    'tags_applied 6',
    'tags_skipped 3',
    ...Array.from({ length: 4 }, () => 'tributary_event_to_tag_seconds live 0.15'),
    'event_to_tag_skipped 0',
    'event_to_tag_skipped 0',
  ]);
});

async function tagsAfter(world: ReturnType<typeof aWorld>) {
  const read = (id: string) => world.tags.readTags('demo', id, 10);
  return {
    ann: await read('ann'),
    user: await read('u-1'),
    profile: await world.tags.readProfile('demo', 'ann'),
  };
}

/** Each record once: what the tags must be, whatever happened on the way. */
async function oracle() {
  const tags = fakeTags();
  const once = [at(1), at(2, 'u-1'), at(3), aDecision(at(3)), at(4)];
  await tags.apply(once.flatMap(applicationsOf));
  return tagsAfter({ ...aWorld(), tags });
}

test.each(deathsWithin(2))('a death $when effect $at changes no tag', async (death) => {
  const world = aWorld(death);
  await world.publishClean(clean());
  await expect(world.stage(world.kafka.batch(topics.clean, 1))).rejects.toThrow('died');
  await world.stage(world.kafka.batch(topics.clean, 1));
  expect(await tagsAfter(world)).toEqual(await oracle());
});

test('any part of the log may be delivered again', async () => {
  const world = aWorld();
  await world.publishClean(clean());
  for (const from of [0, 3, 1, 5, 0]) await world.stage(world.kafka.batch(topics.clean, 1, from));
  expect(await tagsAfter(world)).toEqual(await oracle());
});

test('what the cleaner did not write is told of and left out, and the others are applied', async () => {
  const world = aWorld();
  const forged = { ...at(9), source: { topic: 'elsewhere', partition: 1, offset: 9 } };
  await world.publishClean([at(1), forged]);
  await world.kafka.publish(topics.clean, 1, [{ key: null, value: Buffer.from('not Avro') }]);
  await world.publishClean([at(2)]);
  await world.stage(world.kafka.batch(topics.clean, 1));
  expect(world.effects).toEqual(['prepare', 'apply 2']);
  expect(world.measured.filter((one) => one.startsWith('foreign'))).toHaveLength(2);
});
