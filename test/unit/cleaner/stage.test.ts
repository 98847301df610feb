import { noBreaker } from '../../../services/cleaner/breaker';
import type { Lawbook } from '../../../services/cleaner/decide';
import { createCleanerStage } from '../../../services/cleaner/stage';
import { applicationsOf } from '../../../services/shared/domain/application';
import type { Event } from '../../../services/shared/domain/event';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import { resentEvent } from '../../../services/shared/domain/resent';
import { trafficRules } from '../../../services/shared/domain/traffic-rules';
import type { Codec } from '../../../services/shared/runtime/codec';
import type { Stage } from '../../../services/shared/runtime/stage';
import { topicsOf } from '../../../services/shared/runtime/topics';
import { aDecision, aJudgedEvent, anEvent, aTenant, noon } from '../../support/event-builders';
import { fakeClaims } from '../../support/fakes/claims';
import { testCodecs } from '../../support/fakes/codecs';
import { anEffectLog, type Death, deathsWithin } from '../../support/fakes/effects';
import { fakeKafka } from '../../support/fakes/kafka';
import { fakeOrderMemory } from '../../support/fakes/order-memory';
import { fakeTags } from '../../support/fakes/tags';

const topics = topicsOf();
let codecs: { raw: Codec<Event>; judged: Codec<JudgedEvent> };
beforeAll(async () => {
  codecs = await testCodecs();
});

const servers = () => ({
  kafka: fakeKafka(noon + 320),
  claims: fakeClaims(),
  orders: fakeOrderMemory(),
});
const law: Lawbook = {
  tenants: new Map([['demo', aTenant()]]),
  rules: trafficRules,
  weightsVersion: 1,
};

/** A cleaner between fake servers. `death` kills it once, at one of its effects. */
function aWorld(death?: Death, { kafka, claims, orders } = servers(), laws = law) {
  const log = anEffectLog(death);
  const counts: string[] = [];
  const prepared = (codec: Codec<Event> | Codec<JudgedEvent>, name: string) => ({
    prepare: (values: Iterable<Buffer | null>) => log.step(name, () => codec.prepare(values)),
  });
  const stage = createCleanerStage({
    breaker: noBreaker,
    raw: { decode: codecs.raw.decode, ...prepared(codecs.raw, 'prepare raw') },
    review: { decode: codecs.judged.decode, ...prepared(codecs.judged, 'prepare review') },
    claims: {
      claim: (wanted) =>
        log.step(`claim ${wanted.map(({ messageId }) => messageId).join(' ')}`, () =>
          claims.claim(wanted),
        ),
    },
    orders,
    law: laws,
    encode: codecs.judged.encode,
    publish: (topic, partition, messages) =>
      log.step(`publish ${messages.length} to ${topic}/${partition}`, () =>
        kafka.publish(topic, partition, messages),
      ),
    topics,
    timed: async (_, work) => work(),
    metrics: {
      count: (_, labels, events) => {
        counts.push(`${Object.values(labels).join('/')} ${events}`);
      },
    },
  });
  const publishRaw = (topic: string, values: readonly (Event | Buffer | null)[]) =>
    kafka.publish(
      topic,
      1,
      values.map((value) => ({
        key: 'demo:ann',
        value: value === null || Buffer.isBuffer(value) ? value : codecs.raw.encode(value),
      })),
    );
  const judgedIn = (topic: string): readonly JudgedEvent[] =>
    kafka.topic(topic).map(({ value }) => {
      const decoded = codecs.judged.decode(value);
      if (!decoded.ok) throw new Error(decoded.message);
      return decoded.value;
    });
  return { ...log, kafka, claims, orders, stage, counts, publishRaw, judgedIn };
}

const bag = (messageId: string, part: Partial<Event> = {}) =>
  anEvent({ messageId, category: 'Bags', ...part });

/** One of everything: two sound events, one of them twice, a bot, a reused id, three dead records. */
const oneOfEverything = () => [
  bag('m-1'),
  bag('m-2', { userAgent: 'Googlebot/2.1', contentHash: 'a2'.padEnd(32, '0') }),
  bag('m-1', { sentAt: noon + 9000 }),
  null,
  bag('m-1', { contentHash: 'a9'.padEnd(32, '0') }),
  Buffer.from('not Avro'),
  bag('m-3', { contentHash: 'a3'.padEnd(32, '0') }),
  bag('m-4', { anonymousId: null }),
];

async function untilDone(stage: Stage, batch: Parameters<Stage>[0]): Promise<number> {
  for (let deliveries = 1; ; deliveries += 1) {
    try {
      await stage(batch);
      return deliveries;
    } catch (error) {
      if ((error as Error).name !== 'TransientError') throw error;
    }
  }
}

test('decode, claim, publish: in this order, one claim call, one request a topic', async () => {
  const world = aWorld();
  await world.publishRaw(topics.click, oneOfEverything());
  await world.stage(world.kafka.batch(topics.click, 1));
  expect(world.effects).toEqual([
    'prepare raw',
    'claim m-1 m-2 m-1 m-1 m-3',
    `publish 2 to ${topics.clean}/1`,
    `publish 3 to ${topics.rejected}/1`,
    `publish 3 to ${topics.deadLetter}/1`,
  ]);
});

test('every record has one outcome, counted by reason', async () => {
  const world = aWorld();
  await world.publishRaw(topics.click, oneOfEverything());
  await world.stage(world.kafka.batch(topics.click, 1));
  const outcomes = [topics.clean, topics.rejected, topics.deadLetter].map((topic) =>
    world
      .judgedIn(topic)
      .map(({ source, outcome, reason }) => `${source.offset} ${outcome} ${reason}`),
  );
  expect(outcomes).toEqual([
    ['0 counted clean', '6 counted clean'],
    ['1 bot declared_bot', '2 duplicate same_message', '4 collision message_id_reused'],
    ['3 dead empty_value', '5 dead not_avro', '7 dead no_user'],
  ]);
  expect(world.counts.sort()).toEqual([
    'bot/declared_bot 1',
    'collision/message_id_reused 1',
    'counted/clean 2',
    'dead/empty_value 1',
    'dead/no_user 1',
    'dead/not_avro 1',
    'duplicate/same_message 1',
  ]);
});

test('what goes on says nothing of address or agent, and keeps the key', async () => {
  const world = aWorld();
  await world.publishRaw(topics.click, oneOfEverything());
  await world.stage(world.kafka.batch(topics.click, 1));
  for (const topic of [topics.clean, topics.rejected, topics.deadLetter]) {
    for (const { key } of world.kafka.topic(topic)) expect(String(key)).toBe('demo:ann');
    for (const { event } of world.judgedIn(topic)) {
      expect(event?.ip ?? null).toBeNull();
      expect(event?.userAgent ?? null).toBeNull();
    }
  }
});

test('a batch that is delivered again goes out again exactly as before', async () => {
  const world = aWorld();
  await world.publishRaw(topics.click, oneOfEverything());
  await world.stage(world.kafka.batch(topics.click, 1));
  await world.stage(world.kafka.batch(topics.click, 1));
  for (const topic of [topics.clean, topics.rejected, topics.deadLetter]) {
    const judged = world.judgedIn(topic);
    expect(judged.slice(judged.length / 2)).toEqual(judged.slice(0, judged.length / 2));
  }
});

test('the same message in another topic is a duplicate of the first', async () => {
  const world = aWorld();
  await world.publishRaw(topics.import, [bag('m-1')]);
  await world.publishRaw(topics.click, [bag('m-1')]);
  await world.stage(world.kafka.batch(topics.import, 1));
  await world.stage(world.kafka.batch(topics.click, 1));
  expect(world.judgedIn(topics.rejected)).toMatchObject([
    { outcome: 'duplicate', heldBy: { topic: topics.import, partition: 1, offset: 0 } },
  ]);
});

test('decisions claim nothing and go on to clean with the version of their offset', async () => {
  const world = aWorld();
  const decision = aDecision(aJudgedEvent(), { version: 0 });
  const messages = [decision, aJudgedEvent()].map((judged) => ({
    key: 'demo:ann',
    value: codecs.judged.encode(judged),
  }));
  await world.kafka.publish(topics.review, 2, messages);
  await world.stage(world.kafka.batch(topics.review, 2));
  expect(world.effects).toEqual([
    'prepare review',
    'claim ',
    `publish 1 to ${topics.clean}/2`,
    `publish 1 to ${topics.deadLetter}/2`,
  ]);
  expect(world.judgedIn(topics.clean)).toEqual([{ ...decision, version: 2 ** 52 + 1 }]);
});

test('a record that is sent through again is judged as it was, under its own coordinates', async () => {
  const world = aWorld();
  await world.publishRaw(topics.click, [anEvent(), anEvent(), Buffer.from('rubbish')]);
  await world.stage(world.kafka.batch(topics.click, 1));
  const judged = () =>
    [topics.clean, topics.rejected, topics.deadLetter].map((topic) => world.judgedIn(topic));
  const before = judged();
  const foreign = { topic: 'somewhere.else', partition: 0, offset: 0 };
  const resent = [
    ...world.kafka.records(topics.click, 1).map(({ topic, partition, offset, ...record }) => ({
      ...record,
      source: { topic, partition, offset },
    })),
    { source: foreign, appendedAt: noon, value: Buffer.from('rubbish') },
  ].map((record) => resentEvent({ ...record, value: record.value ?? Buffer.of() }));
  const messages = resent.map((one) => ({ key: 'demo:ann', value: codecs.judged.encode(one) }));
  await world.kafka.publish(topics.review, 2, messages);
  await world.stage(world.kafka.batch(topics.review, 2));
  const [clean, rejected, dead] = judged();
  const twice = before.map((records) => [...records, ...records]);
  expect([clean, rejected, dead?.slice(0, 2)]).toEqual(twice);
  expect(dead?.[2]).toMatchObject({
    source: { topic: topics.review, partition: 2, offset: 3 },
    reason: 'invalid_decision',
  });
  expect(world.effects.slice(5, 8)).toEqual(['prepare review', 'prepare raw', 'claim m-1 m-1']);
});

/** Everything downstream is keyed by coordinates and version: the verdicts, and the tags. */
async function effectsDownstream(world: ReturnType<typeof aWorld>) {
  const verdicts = new Map<string, unknown>();
  for (const topic of [topics.clean, topics.rejected, topics.deadLetter]) {
    for (const judged of world.judgedIn(topic)) {
      const { source } = judged;
      const place = `${source.topic}/${source.partition}/${source.offset}`;
      expect(verdicts.get(place) ?? judged).toEqual(judged);
      verdicts.set(place, judged);
    }
  }
  const tags = fakeTags();
  await tags.apply(world.judgedIn(topics.clean).flatMap(applicationsOf));
  return { verdicts, tags: await tags.readTags('demo', 'ann', 10) };
}

const deaths = deathsWithin(5);
test.each(deaths)('a death $when effect $at loses nothing and doubles nothing', async (death) => {
  const untroubled = aWorld();
  await untroubled.publishRaw(topics.click, oneOfEverything());
  await untilDone(untroubled.stage, untroubled.kafka.batch(topics.click, 1));

  const world = aWorld(death);
  await world.publishRaw(topics.click, oneOfEverything());
  expect(await untilDone(world.stage, world.kafka.batch(topics.click, 1))).toBe(2);
  expect(await effectsDownstream(world)).toEqual(await effectsDownstream(untroubled));
});

test.each(deaths)(
  'a death $when effect $at, and a cleaner with other rules takes over: verdicts stay',
  async (death) => {
    const world = aWorld(death);
    await world.publishRaw(topics.click, oneOfEverything());
    await expect(world.stage(world.kafka.batch(topics.click, 1))).rejects.toThrow('died');
    const next = aWorld(undefined, world, { ...law, rules: [], weightsVersion: 2 });
    await next.stage(next.kafka.batch(topics.click, 1));
    await next.stage(next.kafka.batch(topics.click, 1));
    const copies = [topics.clean, topics.rejected, topics.deadLetter].flatMap(next.judgedIn);
    const said = copies.map(({ source, outcome, reason, weightsVersion }) =>
      [source.offset, outcome, reason, weightsVersion].join(' '),
    );
    // Eight records, one verdict each, however often it was published.
    expect(new Set(said).size).toBe(8);
  },
);

test('what is not passing ends the process: nothing is swallowed', async () => {
  const world = aWorld();
  await world.publishRaw(topics.click, [bag('m-1')]);
  const batch = world.kafka.batch(topics.click, 1);
  const broken = createCleanerStage({
    breaker: noBreaker,
    raw: codecs.raw,
    review: codecs.judged,
    claims: { claim: async () => [] },
    orders: fakeOrderMemory(),
    law,
    encode: codecs.judged.encode,
    publish: world.kafka.publish,
    topics,
    timed: async (_, work) => work(),
    metrics: { count: () => {} },
  });
  await expect(broken(batch)).rejects.toThrow('answered fewer claims than asked');
  expect(world.kafka.topic(topics.clean)).toEqual([]);
});
