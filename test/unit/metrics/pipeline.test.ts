import { createPipeline, type PipelineSettings } from '../../../services/metrics/pipeline';
import { createMetricsStage } from '../../../services/metrics/stage';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import type { Codec } from '../../../services/shared/runtime/codec';
import { topicsOf } from '../../../services/shared/runtime/topics';
import { aDecision, aJudgedEvent, anEvent, noon } from '../../support/event-builders';
import { testCodecs } from '../../support/fakes/codecs';
import { anEffectLog, type Death, deathsWithin } from '../../support/fakes/effects';
import { fakeKafka } from '../../support/fakes/kafka';
import { fakeLedger } from '../../support/fakes/ledger';

const topics = topicsOf();
const hour = 3_600_000;
let codec: Codec<JudgedEvent>;
beforeAll(async () => {
  codec = (await testCodecs()).judged;
});

const settings: PipelineSettings = {
  flushRows: 1000,
  lingerMs: 1000,
  idleMs: 200,
  maxRows: 5000,
  maxBytes: 10_000_000,
  paces: {
    channel_1m: { everyMs: 1000, restFactor: 8, idleEveryMs: 1000 },
    funnel_1h: { everyMs: 30_000, restFactor: 8, idleEveryMs: 1000 },
  },
  maxWindows: 1000,
  lookBackMs: 72 * hour,
  stuckEveryMs: 60_000,
  noProgressMs: 600_000,
  retryBaseMs: 1,
  retryMaxMs: 1,
};

type Ledger = ReturnType<typeof fakeLedger>;
type Kafka = ReturnType<typeof fakeKafka>;

/** A process that reads the cleaned topics from what is committed, and one that takes its place. */
function aProcess(
  { kafka, ledger, committed }: { kafka: Kafka; ledger: Ledger; committed: Map<string, number> },
  death?: Death,
) {
  const log = anEffectLog(death);
  const problems: unknown[] = [];
  const pipeline = createPipeline({
    events: {
      begin: ledger.begin,
      insert: (rows) => log.step(`insert ${rows.count}`, () => ledger.insert(rows)),
    },
    windows: {
      touched: (table, facts) => log.step(`touched ${table}`, () => ledger.touched(table, facts)),
      recompute: (table, chunk) =>
        log.step(`recompute ${table} ${chunk.windows.length}`, () =>
          ledger.recompute(table, chunk),
        ),
    },
    stuck: ledger,
    deadLetters: {
      publish: (letter) =>
        log.step(`dead letter ${letter.reason}`, () =>
          kafka.publish(topics.deadLetter, letter.source.partition, [
            { key: null, value: codec.encode(letter) },
          ]),
        ),
    },
    mark({ topic, partition, nextOffset }) {
      committed.set(`${topic}/${partition}`, nextOffset);
      (log.effects as string[]).push(`mark ${topic}/${partition} ${nextOffset}`);
      // What is committed is never looked at again: the windows must be right by now.
      expect(filled(ledger)).toEqual(ledger.right());
    },
    onFatal: (error) => problems.push(error),
    codec,
    settings,
    clock: { now: () => noon },
    timed: async (_, work) => work(),
    metrics: { count() {}, set() {}, observe() {} },
    log: { error: (...said) => problems.push(said), warn() {}, info() {} },
  });
  const stage = createMetricsStage({
    codec,
    intake: pipeline.intake,
    timed: async (_, work) => work(),
    sources: Object.values(topics),
    metrics: { count() {} },
    log: { error: (...said) => problems.push(said) },
  });
  return {
    effects: log.effects,
    problems,
    /** Reads what is not committed and drains, as far as it gets. */
    async run() {
      for (const topic of [topics.clean, topics.rejected, topics.deadLetter]) {
        for (const partition of [0, 1]) {
          const from = committed.get(`${topic}/${partition}`) ?? 0;
          const batch = kafka.batch(topic, partition, from);
          if (batch.records.length > 0) await stage(batch);
        }
      }
      await pipeline.drain(AbortSignal.timeout(1000));
    },
  };
}

/** The stored windows that say something. */
function filled({ stored }: Ledger): ReadonlyMap<string, unknown> {
  return new Map([...stored].filter(([, window]) => window !== 'empty'));
}

const at = (offset: number, part: Partial<JudgedEvent['event'] & object> = {}) =>
  aJudgedEvent({
    source: { topic: topics.click, partition: offset % 2, offset },
    event: anEvent({ eventAt: noon + offset * 400_000, messageId: `m-${offset}`, ...part }),
  });

async function aWorld(clean: readonly JudgedEvent[]) {
  const kafka = fakeKafka(noon);
  const ledger = fakeLedger();
  for (const judged of clean) {
    const topic = judged.outcome === 'bot' ? topics.rejected : topics.clean;
    const value = codec.encode(judged);
    await kafka.publish(topic, judged.source.partition, [{ key: null, value }]);
  }
  return { kafka, ledger, committed: new Map<string, number>() };
}

const story = (): readonly JudgedEvent[] => [
  at(0),
  at(2, { type: 'product_added' }),
  at(1, { anonymousId: 'bob' }),
  { ...at(3), outcome: 'bot', reason: 'declared_bot' },
  aDecision(at(0)),
  at(2, { type: 'product_added' }),
  at(5, { type: 'checkout_started' }),
];

const storyEffects = [
  'insert 7',
  'touched channel_1m',
  'recompute channel_1m 5',
  'touched funnel_1h',
  'recompute funnel_1h 1',
  'mark events.clean.v1/0 4',
  'mark events.clean.v1/1 2',
  'mark events.rejected.v1/1 1',
];

test('rows are written, then windows recomputed, then offsets marked', async () => {
  const world = await aWorld(story());
  const process = aProcess(world);
  await process.run();
  expect(process.effects).toEqual(storyEffects);
  expect(process.problems).toEqual([]);
});

test.each(deathsWithin(5))(
  'a death at step $at, $when it took place, loses and doubles nothing',
  async (death) => {
    const world = await aWorld(story());
    await aProcess(world, death).run();
    expect(world.committed.size).toBe(0);
    const heir = aProcess(world);
    await heir.run();
    expect(heir.effects).toEqual(storyEffects);
    expect(filled(world.ledger)).toEqual(world.ledger.right());
    const coordinates = world.ledger.rows.map((row) => `${row.partition}/${row.offset}`);
    expect(new Set(coordinates).size).toBe(5);
  },
);

test('a row that no table takes becomes a dead letter; its neighbours land', async () => {
  const source = { topic: topics.click, partition: 70_000, offset: 4 };
  const unfit = { ...aDecision(at(4)), source };
  const world = await aWorld([at(0), at(2, { messageId: 'poison' }), at(6)]);
  await world.kafka.publish(topics.clean, 1, [{ key: null, value: codec.encode(unfit) }]);
  const process = aProcess(world);
  await process.run();
  expect(process.effects.slice(0, 3)).toEqual([
    'insert 3',
    'dead letter row_refused',
    'dead letter row_refused',
  ]);
  expect(world.committed.get(`${topics.clean}/1`)).toBe(1);
  const [record] = world.kafka.records(topics.deadLetter, 70_000);
  const letter = codec.decode(record?.value ?? null);
  if (!letter.ok) throw new Error('there is no letter');
  expect(letter.value).toMatchObject({ source: unfit.source, outcome: 'dead', event: null });
  expect(codec.encode(unfit).equals(letter.value.undecoded ?? Buffer.alloc(0))).toBe(true);
  await aProcess(world).run();
  expect(world.ledger.rows.at(-1)).toMatchObject({ outcome: 'dead', tenant: '', offset: 2 });
});

test('a dead letter that is refused itself stops everything, uncommitted', async () => {
  const letter = { ...at(4), outcome: 'dead', reason: 'row_refused', event: null } as const;
  const world = await aWorld([]);
  const source = { topic: topics.click, partition: 70_000, offset: 4 };
  await world.kafka.publish(topics.deadLetter, 1, [
    {
      key: null,
      value: codec.encode({ ...letter, source, version: 1, undecoded: Buffer.from('x') }),
    },
  ]);
  await aProcess(world).run();
  expect(world.committed.size).toBe(0);
});

test('what the cleaner did not write is told of and left out, and offsets go on', async () => {
  const world = await aWorld([at(0)]);
  const forged = { ...at(4), source: { topic: 'elsewhere', partition: 0, offset: 4 } };
  const values = [Buffer.from('not Avro'), null, codec.encode(forged)];
  const records = values.map((value) => ({ key: null, value }));
  await world.kafka.publish(topics.clean, 0, records);
  const process = aProcess(world);
  await process.run();
  expect(process.problems).toHaveLength(3);
  expect(world.ledger.rows).toHaveLength(1);
  expect(world.committed.get(`${topics.clean}/0`)).toBe(4);
});
