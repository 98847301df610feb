import { noBreaker } from '../../../services/cleaner/breaker';
import { createCleanerStage } from '../../../services/cleaner/stage';
import type { Event } from '../../../services/shared/domain/event';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import { trafficRules } from '../../../services/shared/domain/traffic-rules';
import type { Codec } from '../../../services/shared/runtime/codec';
import { topicsOf } from '../../../services/shared/runtime/topics';
import { aDecision, anEvent, aTenant, noon } from '../../support/event-builders';
import { fakeClaims } from '../../support/fakes/claims';
import { testCodecs } from '../../support/fakes/codecs';
import { anEffectLog, type Death, deathsWithin } from '../../support/fakes/effects';
import { fakeKafka } from '../../support/fakes/kafka';
import { fakeOrderMemory } from '../../support/fakes/order-memory';

const topics = topicsOf();
let codecs: { raw: Codec<Event>; judged: Codec<JudgedEvent> };
beforeAll(async () => {
  codecs = await testCodecs();
});

const servers = () => ({
  kafka: fakeKafka(noon),
  claims: fakeClaims(),
  memory: fakeOrderMemory(),
});
const outlier = { times: 10, sample: 3, imports: false };

/** A cleaner of one tenant between fake servers; `death` kills it at one of its effects. */
function aWorld(death?: Death, { kafka, claims, memory } = servers(), orderOutlier = outlier) {
  const log = anEffectLog(death);
  const stage = createCleanerStage({
    breaker: noBreaker,
    raw: codecs.raw,
    review: codecs.judged,
    claims: { claim: (wanted) => log.step('claim', () => claims.claim(wanted)) },
    orders: {
      read: (questions) => log.step(`read ${questions.length}`, () => memory.read(questions)),
      keep: (findings) => log.step(`keep ${findings.length}`, () => memory.keep(findings)),
      add: (applications) => log.step(`add ${applications.length}`, () => memory.add(applications)),
    },
    law: {
      tenants: new Map([['demo', aTenant({ orderOutlier })]]),
      rules: trafficRules,
      weightsVersion: 1,
    },
    encode: codecs.judged.encode,
    publish: (topic, partition, messages) =>
      log.step('publish', () => kafka.publish(topic, partition, messages)),
    topics,
    timed: async (_, work) => work(),
    metrics: { count: () => {} },
  });
  const send = (topic: string, values: readonly Buffer[]) =>
    kafka.publish(
      topic,
      1,
      values.map((value) => ({ key: 'demo:ann', value })),
    );
  const judgedIn = (topic: string): readonly JudgedEvent[] =>
    kafka.topic(topic).map(({ value }) => {
      const decoded = codecs.judged.decode(value);
      if (!decoded.ok) throw new Error(decoded.message);
      return decoded.value;
    });
  const history = async () => {
    const subject = { tenant: 'demo', kind: 'shop' as const, id: 'Acme' };
    const source = { topic: 'none', partition: 0, offset: 0 };
    const question = { tenant: 'demo', source, currency: 'USD', subjects: [subject] };
    const [known] = await memory.read([question]);
    return [known?.histories[0]?.orders, known?.histories[0]?.sumMinor];
  };
  return { ...log, kafka, claims, memory, stage, send, judgedIn, history };
}

let number = 0;
function anOrder(revenueMinor: number, part: Partial<Event> = {}): Buffer {
  number += 1;
  const event = anEvent({
    ...{ messageId: `o-${number}`, anonymousId: `buyer-${number}`, type: 'order_completed' },
    ...{ shop: 'Acme', currency: 'USD', contentHash: `a${String(number).padStart(31, '0')}` },
    effect: {
      ...{ orderId: `o-${number}`, revenueMinor },
      ...{ taxMinor: null, shippingMinor: null, coupon: null },
    },
    ...part,
  });
  return codecs.raw.encode(event);
}

const usual = () => [anOrder(1000), anOrder(2000), anOrder(3000)];

/** A world whose shop has three orders of 20.00 on average. */
async function aShop(death?: Death, orderOutlier = outlier) {
  const before = aWorld();
  await before.send(topics.order, usual());
  await before.stage(before.kafka.batch(topics.order, 1));
  return aWorld(death, before, orderOutlier);
}

test('an order out of all proportion is held with its evidence, and is in no mean', async () => {
  const world = await aShop();
  await world.send(topics.cart, [anOrder(20_001), anOrder(20_000)]);
  await world.stage(world.kafka.batch(topics.cart, 1));
  expect(world.effects).toEqual(['read 2', 'keep 1', 'claim', 'add 2', 'publish', 'publish']);
  expect(world.judgedIn(topics.rejected)).toMatchObject([
    {
      ...{ outcome: 'held', reason: 'order_outlier', firstCounted: false },
      evidence: "200.01 USD is 10.0 times the mean of 20.00 of the 3 counted orders of shop 'Acme'",
    },
  ]);
  expect(await world.history()).toEqual([4, 26_000]);
});

test.each<[string, Partial<Event>]>([
  ['another currency', { currency: 'EUR' }],
  ['another shop', { shop: 'Elsewhere' }],
  ['a refund', { type: 'order_refunded' }],
])('%s is another matter', async (_, part) => {
  const world = await aShop();
  await world.send(topics.cart, [anOrder(90_000, part)]);
  await world.stage(world.kafka.batch(topics.cart, 1));
  expect(world.judgedIn(topics.rejected)).toEqual([]);
});

test('imports teach the mean, and are judged where the tenant says so', async () => {
  for (const imports of [false, true]) {
    const world = await aShop(undefined, { ...outlier, imports });
    await world.send(topics.import, [anOrder(90_000)]);
    await world.stage(world.kafka.batch(topics.import, 1));
    expect(world.judgedIn(topics.rejected)).toHaveLength(imports ? 1 : 0);
    expect(await world.history()).toEqual(imports ? [3, 6000] : [4, 96_000]);
  }
});

test('of a tenant who judges no orders nothing is asked and nothing remembered', async () => {
  const world = await aShop(undefined, { ...outlier, times: 0 });
  await world.send(topics.cart, [anOrder(90_000)]);
  await world.stage(world.kafka.batch(topics.cart, 1));
  expect(world.effects).toEqual(['claim', 'publish']);
});

test('what people decide is in the mean, as if it had been judged so at once', async () => {
  const world = await aShop();
  await world.send(topics.cart, [anOrder(90_000)]);
  await world.stage(world.kafka.batch(topics.cart, 1));
  const [held] = world.judgedIn(topics.rejected);
  const [counted] = world.judgedIn(topics.clean);
  const release = { outcome: 'counted', reason: 'released', version: 0 } as const;
  await world.send(topics.review, [
    codecs.judged.encode(aDecision(held as never, release)),
    codecs.judged.encode(aDecision(counted as never, { version: 0 })),
  ]);
  const batch = world.kafka.batch(topics.review, 1);
  await world.stage(batch);
  await world.stage(batch);
  expect(await world.history()).toEqual([3, 6000 + 90_000 - 1000]);
});

const held = ['read 4', 'keep 1', 'claim', 'add 6', 'publish', 'publish'];

test.each(deathsWithin(held.length))(
  'killed $when effect $at: the same verdict in the same words, and each order in the mean once',
  async (death) => {
    const world = await aShop(death);
    // Three usual ones behind it: when it is delivered again the mean has moved.
    await world.send(topics.cart, [anOrder(20_500), anOrder(9000), anOrder(9000), anOrder(9000)]);
    const batch = world.kafka.batch(topics.cart, 1);
    await expect(world.stage(batch)).rejects.toThrow('died');
    const next = aWorld(undefined, world);
    await next.stage(batch);
    await next.stage(batch);
    expect(next.effects.slice(0, held.length)).toEqual(held);
    const said = next.judgedIn(topics.rejected).map(({ reason, evidence }) => [reason, evidence]);
    expect(new Set(said.map((one) => one.join())).size).toBe(1);
    expect(said[0]?.[1]).toContain('10.3 times the mean of 20.00 of the 3 counted orders');
    expect(await next.history()).toEqual([6, 33_000]);
  },
);
