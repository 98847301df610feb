import type { Application } from '../../../services/shared/domain/application';
import type { Claim } from '../../../services/shared/domain/settle';
import { createClaims } from '../../../services/shared/stores/redis/claims';
import type { ScriptServer } from '../../../services/shared/stores/redis/script';
import { createTagWriter } from '../../../services/shared/stores/redis/tag-writer';
import type { Host } from '../../simulation/host';
import { createRandom, type Random } from '../../simulation/random';
import { createKeyValues, redisFor } from '../../simulation/redis';
import { scriptTwins } from '../../simulation/scripts';
import { noon } from '../../support/event-builders';
import { testRedis } from '../../support/redis';

const topics = ['click', 'order'];
const ids = ['ann', 'bob', 'cid'];
const types = ['product_viewed', 'product_added', 'order_completed'] as const;

function aClaim(random: Random): Claim {
  return {
    tenant: 'demo',
    messageId: `m-${random.below(12)}`,
    clientAt: random.pick([null, noon, noon + 86_400_000]),
    source: { topic: random.pick(topics), partition: random.below(2), offset: random.below(20) },
    verdict: random.pick([
      { outcome: 'counted', reason: 'clean' },
      { outcome: 'bot', reason: 'declared_bot' },
    ]),
    weightsVersion: 1,
    contentPrint: random.below(3),
  };
}

function anApplication(random: Random): Application {
  const [target, first] = [random.below(2) as 0 | 1, random.below(2) as 0 | 1];
  const version = random.between(1, 9) + (random.chance(0.3) ? 2 ** 52 : 0);
  return {
    tenant: 'demo',
    id: random.pick(ids),
    source: { topic: random.pick(topics), partition: random.below(2), offset: random.below(20) },
    type: random.pick(types),
    tags: [['category:Bags', random.between(-3, 9)] as const, ['brand:Acme', 0.1] as const].slice(
      random.below(3),
    ),
    decision: random.chance(0.5) ? null : { version, target, first },
    seen: random.chance(0.2)
      ? null
      : { at: noon + random.below(5), channel: random.pick([null, 'Email', 'Direct']) },
  };
}

/** Redis in memory, asked at once. */
function inMemory() {
  const store = createKeyValues(() => noon);
  const host = { call: async (_: string, act: () => unknown) => act() } as unknown as Host;
  return { store, server: redisFor(host, store, scriptTwins) };
}

const batches = <T>(random: Random, make: (random: Random) => T): readonly (readonly T[])[] =>
  Array.from({ length: 30 }, () =>
    Array.from({ length: random.between(1, 8) }, () => make(random)),
  );

test.each([1, 2, 3])('claims are kept as by the script itself (seed %i)', async (seed) => {
  const real = await testRedis();
  const storeOn = (server: ScriptServer) =>
    createClaims({ ...server, topics, windowMs: 60_000, bucketsPerDay: 2 });
  const [one, other] = [storeOn(real), storeOn(inMemory().server)];
  for (const batch of batches(createRandom(seed), aClaim)) {
    expect(await other.claim(batch)).toEqual(await one.claim(batch));
  }
  await real.close();
});

test.each([1, 2, 3])('weights are applied as by the script itself (seed %i)', async (seed) => {
  const real = await testRedis();
  const { server, store } = inMemory();
  const [one, other] = [real, server].map((on) => createTagWriter({ ...on, ttlMs: 60_000 }));
  for (const batch of batches(createRandom(seed), anApplication)) {
    expect(await other?.apply(batch)).toEqual(await one?.apply(batch));
  }
  for (const id of ids) {
    const profile = await real.redis.hgetall(real.keys.profile('demo', id));
    const kept = store.hash<string | number>(server.keys.profile('demo', id));
    const texts = [...kept].map(([field, value]) => [field, String(value)] as const);
    expect(Object.fromEntries(texts)).toEqual(profile);
    const tags = await real.redis.zrange(real.keys.tags('demo', id), '0', '-1', 'WITHSCORES');
    const sums = store.hash<number>(server.keys.tags('demo', id));
    expect(sums.size).toBe(tags.length / 2);
    for (let at = 0; at < tags.length; at += 2) {
      expect(sums.get(String(tags[at]))).toBeCloseTo(Number(tags[at + 1]), 9);
    }
  }
  await real.close();
});
