import type { Claim, Recorded } from '../../../services/shared/domain/settle';
import { claimBytes, fingerprintBytes } from '../../../services/shared/stores/redis/claim-layout';
import { createClaims } from '../../../services/shared/stores/redis/claims';
import { createScript } from '../../../services/shared/stores/redis/script';
import { noon } from '../../support/event-builders';
import { fakeClaims } from '../../support/fakes/claims';
import { keysBelow, type TestRedis, testRedis } from '../../support/redis';

const topics = ['events.click.v1', 'events.cart.v1'];
const windowMs = 60_000;
const options = { topics, windowMs, bucketsPerDay: 4 };

function aClaim(messageId: string, offset: number, part: Partial<Claim> = {}): Claim {
  return {
    tenant: 'demo',
    messageId,
    clientAt: noon,
    source: { topic: 'events.click.v1', partition: 3, offset },
    verdict: { outcome: 'counted', reason: 'clean' },
    weightsVersion: 1,
    contentPrint: 0xdeadbeef,
    ...part,
  };
}

const onRecord = ({ tenant: _t, messageId: _m, clientAt: _c, ...recorded }: Claim): Recorded =>
  recorded;

let server: TestRedis;
beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.close());

describe.each(['fake', 'redis'])('claims (%s)', (kind) => {
  const claims = () =>
    kind === 'fake' ? fakeClaims() : createClaims({ ...options, ...server, topics });
  let tenants = 0;
  const aTenant = () => `${kind}-${++tenants}`;

  test('a free id is claimed, and stays with its first record', async () => {
    const tenant = aTenant();
    const store = claims();
    const first = aClaim('m-1', 10, {
      tenant,
      verdict: { outcome: 'bot', reason: 'declared_bot' },
      weightsVersion: 15,
      source: { topic: 'events.cart.v1', partition: 65_535, offset: 2 ** 40 - 1 },
    });
    expect(await store.claim([first])).toEqual([onRecord(first)]);
    const later = aClaim('m-1', 11, { tenant, contentPrint: 5 });
    expect(await store.claim([later])).toEqual([onRecord(first)]);
    expect(await store.claim([first])).toEqual([onRecord(first)]);
  });

  test('of one id twice in a call the first has it, in whatever order buckets are asked', async () => {
    const tenant = aTenant();
    const store = claims();
    const ids = Array.from({ length: 40 }, (_, nth) => `m-${nth}`);
    const firsts = ids.map((id, nth) => aClaim(id, nth, { tenant }));
    const seconds = ids.map((id, nth) => aClaim(id, 100 + nth, { tenant, contentPrint: 1 }));
    const recorded = await store.claim([...firsts, ...seconds]);
    expect(recorded).toEqual([...firsts, ...firsts].map(onRecord));
  });

  test('tenants do not share ids', async () => {
    const store = claims();
    const one = aClaim('m-1', 1, { tenant: aTenant() });
    const other = aClaim('m-1', 2, { tenant: aTenant() });
    expect(await store.claim([one, other])).toEqual([onRecord(one), onRecord(other)]);
  });

  test.each([null, 0, -5, Date.UTC(2300, 0, 1), 8.7e15])(
    'a client time of %p is claimed like any other',
    async (clientAt) => {
      const tenant = aTenant();
      const store = claims();
      const first = aClaim('m-1', 1, { tenant, clientAt });
      await store.claim([first]);
      expect(await store.claim([aClaim('m-1', 2, { tenant, clientAt })])).toEqual([
        onRecord(first),
      ]);
    },
  );

  test('more ids than one call takes', async () => {
    const tenant = aTenant();
    const store = claims();
    const wanted = Array.from({ length: 2500 }, (_, nth) => aClaim(`m-${nth}`, nth, { tenant }));
    expect(await store.claim(wanted)).toEqual(wanted.map(onRecord));
    const again = wanted.map((claim) => ({ ...claim, contentPrint: 3 }));
    expect(await store.claim(again)).toEqual(wanted.map(onRecord));
  });

  test('nothing wanted, nothing claimed', async () => {
    expect(await claims().claim([])).toEqual([]);
  });
});

describe('claims in Redis', () => {
  test('a bucket lives a window from its last write or hit', async () => {
    const claims = createClaims({ ...options, ...server });
    const claim = aClaim('m-1', 1, { tenant: 'ttl' });
    await claims.claim([claim]);
    const [bucket = ''] = await bucketsOf('ttl');
    for (const repeat of [claim, aClaim('m-1', 2, { tenant: 'ttl' })]) {
      await server.redis.pexpire(bucket, windowMs / 2);
      await claims.claim([repeat]);
      const ttl = await server.redis.pttl(bucket);
      expect(ttl).toBeGreaterThan(windowMs - 5000);
      expect(ttl).toBeLessThanOrEqual(windowMs);
    }
  });

  test('ids of one client day meet in its buckets; ids without a day have their own', async () => {
    const claims = createClaims({ ...options, ...server });
    const ids = Array.from({ length: 50 }, (_, nth) => nth);
    await claims.claim(ids.map((nth) => aClaim(`a-${nth}`, nth, { tenant: 'days' })));
    const days = new Set((await bucketsOf('days')).map((key) => key.split(':')[3]));
    expect([...days]).toEqual(['2026-01-15']);
    expect(await bucketsOf('days')).toHaveLength(4);
    await claims.claim(
      ids.map((nth) => aClaim(`b-${nth}`, nth, { tenant: 'no-days', clientAt: null })),
    );
    expect((await bucketsOf('no-days')).length).toBeGreaterThan(45);
  });

  test('a bucket of 400 ids is compact: at most 32 bytes an id', async () => {
    const claims = createClaims({ ...options, ...server, bucketsPerDay: 1 });
    const wanted = Array.from({ length: 400 }, (_, nth) =>
      aClaim(`7c0e9a52-${nth}`, 3_000_000 + nth, { tenant: 'memory' }),
    );
    await claims.claim(wanted);
    const [bucket = ''] = await bucketsOf('memory');
    expect(await server.redis.object('ENCODING', bucket)).toBe('listpack');
    expect(Number(await server.redis.memory('USAGE', bucket)) / wanted.length).toBeLessThan(32);
  });

  test('a claim of a verdict or topic that is not known is refused, not guessed', async () => {
    const claims = createClaims({ ...options, ...server });
    await claims.claim([aClaim('m-1', 1, { tenant: 'later' })]);
    const [bucket = ''] = await bucketsOf('later');
    const [field = Buffer.of()] = await server.redis.hkeysBuffer(bucket);
    await server.redis.hset(bucket, field, Buffer.alloc(claimBytes, 0xff));
    await expect(claims.claim([aClaim('m-1', 1, { tenant: 'later' })])).rejects.toThrow(
      /a verdict or a topic this version does not know/,
    );
  });

  test('a claim that does not fit its 13 bytes is refused', async () => {
    const claims = createClaims({ ...options, ...server });
    const unknown = { topic: 'events.other.v1', partition: 0, offset: 0 };
    const noRoom = { name: 'RangeError' };
    const unclaimable = { outcome: 'dead', reason: 'no_user' } as const;
    for (const claim of [
      aClaim('m-1', 1, { source: unknown }),
      aClaim('m-1', 1, { weightsVersion: 16 }),
      aClaim('m-1', 1, { verdict: unclaimable }),
      aClaim('m-1', 2 ** 40),
    ]) {
      await expect(claims.claim([claim])).rejects.toMatchObject(noRoom);
    }
    expect(await bucketsOf('demo')).toEqual([]);
  });

  const entry = Buffer.alloc(fingerprintBytes + claimBytes, 1);
  test.each<[string, (string | number | Buffer)[]]>([
    ['no ttl', ['', entry]],
    ['a ttl of zero', [0, entry]],
    ['a ttl with a fraction', [1.5, entry]],
    ['an infinite ttl', ['inf', entry]],
    ['no entries', [windowMs]],
    ['half an entry', [windowMs, entry.subarray(0, 20)]],
    ['an empty list', [windowMs, '']],
    ['too many entries', [windowMs, Buffer.alloc(1001 * 21)]],
    ['entries without a key', [windowMs, entry, entry]],
  ])('the script refuses %s and writes nothing', async (_, args) => {
    const claim = createScript(server, 'claim-events.lua', { types: ['hash'] });
    const key = server.keys.claims('refused', 'none', 1);
    await expect(claim([key], args)).rejects.toThrow(/claim-events: /);
    expect(await server.redis.exists(key)).toBe(0);
  });
});

async function bucketsOf(tenant: string): Promise<readonly string[]> {
  return keysBelow(server.redis, `${server.prefix}claims:{${tenant}:`);
}
