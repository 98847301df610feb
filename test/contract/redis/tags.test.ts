import type { Application } from '../../../services/shared/domain/application';
import { landmark } from '../../../services/shared/domain/interest';
import { createTagWriter } from '../../../services/shared/stores/redis/tag-writer';
import { createTags } from '../../../services/shared/stores/redis/tags';
import { noon } from '../../support/event-builders';
import { fakeTags } from '../../support/fakes/tags';
import { type TestRedis, testRedis } from '../../support/redis';

const ttlMs = 90_000;
const click = 'events.click.v1';

function anApplication(offset: number, part: Partial<Application> = {}): Application {
  return {
    tenant: 'demo',
    id: 'ann',
    source: { topic: click, partition: 1, offset },
    type: 'product_viewed',
    tags: [['category:Bags', 1]],
    decision: null,
    seen: { at: noon, channel: null },
    ...part,
  };
}

/** The decision of this version on the record at this offset. */
function aVerdict(offset: number, version: number, target: 0 | 1, first: 0 | 1): Application {
  const seen = target === 1 ? { at: noon, channel: null } : null;
  return anApplication(offset, { decision: { version, target, first }, seen });
}

let server: TestRedis;
beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.close());

let users = 0;

describe.each(['fake', 'redis'])('tags (%s)', (kind) => {
  const store = () =>
    kind === 'fake'
      ? fakeTags()
      : {
          ...createTagWriter({ ...server, ttlMs }),
          ...createTags(server.redis, server.keys),
        };
  /** Applies to a user of the test's own; each list is one call. */
  async function applied(...calls: readonly (readonly Application[])[]) {
    const id = `${kind}-${++users}`;
    const tags = store();
    const flags: (readonly boolean[])[] = [];
    for (const call of calls) flags.push(await tags.apply(call.map((each) => ({ ...each, id }))));
    return {
      flags,
      tags: await tags.readTags('demo', id, 10),
      profile: await tags.readProfile('demo', id),
    };
  }

  test('weights add up by tag; the strongest come first', async () => {
    const { tags, flags } = await applied([
      anApplication(1, {
        tags: [
          ['a', 1.5],
          ['b', 1],
          ['c', 0.25],
        ],
      }),
      anApplication(2, { tags: [['b', 1]] }),
      anApplication(3, { tags: [] }),
    ]);
    expect(flags).toEqual([[true, true, true]]);
    expect(tags).toEqual([
      { tag: 'b', stored: 2 },
      { tag: 'a', stored: 1.5 },
      { tag: 'c', stored: 0.25 },
    ]);
  });

  test('weights keep all their digits', async () => {
    const weight = 2 ** 20 / 3;
    const { tags } = await applied([anApplication(1, { tags: [['a', weight]] })]);
    expect(tags).toEqual([{ tag: 'a', stored: weight }]);
  });

  test('a record at or below its watermark is skipped, in the same call and later', async () => {
    const again = [anApplication(5), anApplication(5), anApplication(4), anApplication(6)];
    const { flags, tags, profile } = await applied(again, again);
    expect(flags).toEqual([
      [true, false, false, true],
      [false, false, false, false],
    ]);
    expect(tags).toEqual([{ tag: 'category:Bags', stored: 2 }]);
    expect(profile?.counts).toEqual({ product_viewed: 2 });
  });

  test('each source partition has a watermark of its own', async () => {
    const at = (topic: string, partition: number) =>
      anApplication(0, { source: { topic, partition, offset: 0 } });
    const records = [at(click, 1), at(click, 2), at('events.cart.v1', 1)];
    const { flags, tags } = await applied(records, records);
    expect(flags).toEqual([
      [true, true, true],
      [false, false, false],
    ]);
    expect(tags).toEqual([{ tag: 'category:Bags', stored: 3 }]);
  });

  test.each([
    ['a retraction after its original', [anApplication(1), aVerdict(1, 1, 0, 1)], 0],
    ['a retraction before its original', [aVerdict(1, 1, 0, 1), anApplication(1)], 0],
    ['a retraction taken back', [anApplication(1), aVerdict(1, 1, 0, 1), aVerdict(1, 2, 1, 1)], 1],
    ['a release of a held record', [aVerdict(1, 1, 1, 0)], 1],
    [
      'a release, confirmed and released',
      [aVerdict(1, 1, 1, 0), aVerdict(1, 2, 0, 0), aVerdict(1, 3, 1, 0)],
      1,
    ],
    ['deciding twice', [anApplication(1), aVerdict(1, 1, 0, 1), aVerdict(1, 2, 0, 1)], 0],
    [
      'an older decision after a newer one',
      [anApplication(1), aVerdict(1, 9, 0, 1), aVerdict(1, 3, 1, 1)],
      0,
    ],
    [
      'a person above a rule',
      [anApplication(1), aVerdict(1, 2 ** 52 + 4, 1, 1), aVerdict(1, 7, 0, 1)],
      1,
    ],
    ['the same decision again', [anApplication(1), aVerdict(1, 4, 0, 1), aVerdict(1, 4, 0, 1)], 0],
    ['a decision on another record', [anApplication(1), anApplication(2), aVerdict(1, 1, 0, 1)], 1],
  ] as const)('%s', async (_, records, left) => {
    const oneCall = await applied([...records]);
    const manyCalls = await applied(...records.map((record) => [record]));
    for (const { tags, profile } of [oneCall, manyCalls]) {
      expect(tags).toEqual(left === 0 ? [] : [{ tag: 'category:Bags', stored: left }]);
      expect(profile?.counts).toEqual(left === 0 ? {} : { product_viewed: left });
    }
  });

  test('a decision moves no watermark', async () => {
    const { flags } = await applied([aVerdict(9, 1, 0, 1), anApplication(3), anApplication(9)]);
    expect(flags).toEqual([[true, true, true]]);
  });

  test('last seen and last channel are the latest, whatever comes last', async () => {
    const seen = (offset: number, at: number, channel: string | null) =>
      anApplication(offset, { seen: { at, channel } });
    const records = [
      seen(1, noon, 'Email'),
      seen(2, noon + 5, 'Direct'),
      seen(3, noon - 9, 'Display'),
      seen(4, noon + 7, null),
    ];
    for (const calls of [[records], records.map((record) => [record])]) {
      const { profile } = await applied(...calls);
      expect(profile).toMatchObject({
        lastSeenAt: noon + 7,
        lastChannel: 'Direct',
        lastChannelAt: noon + 5,
      });
    }
  });

  test('of two channels in one millisecond the later coordinates win', async () => {
    const from = (topic: string, offset: number, channel: string) =>
      anApplication(offset, {
        source: { topic, partition: 0, offset },
        seen: { at: noon, channel },
      });
    const records = [
      from(click, 9, 'Nine'),
      from(click, 10, 'Ten'),
      from('events.cart.v1', 11, 'Cart'),
    ];
    for (const calls of [[records], [...records].reverse().map((record) => [record])]) {
      expect((await applied(...calls)).profile?.lastChannel).toBe('Ten');
    }
  });

  test('a retraction is no sign of life and takes none back', async () => {
    const { profile } = await applied([anApplication(1), aVerdict(1, 1, 0, 1)]);
    expect(profile).toMatchObject({ lastSeenAt: noon, segment: 'visitor', counts: {} });
    const unseen = await applied([aVerdict(1, 1, 0, 1)]);
    expect(unseen.profile).toMatchObject({ lastSeenAt: null, lastChannel: null });
  });

  test('the segment follows the counts, both ways', async () => {
    const view = anApplication(1);
    const cart = anApplication(2, { type: 'product_added' });
    const order = anApplication(3, { type: 'order_completed' });
    const undone = { ...order, decision: { version: 1, target: 0, first: 1 } as const };
    expect((await applied([view])).profile?.segment).toBe('visitor');
    expect((await applied([view, cart])).profile?.segment).toBe('cart');
    expect((await applied([view, cart], [order])).profile?.segment).toBe('buyer');
    expect((await applied([view, cart, order], [undone])).profile?.segment).toBe('cart');
  });

  test('many users in more than one call, in order', async () => {
    const tags = store();
    const ids = Array.from({ length: 900 }, (_, nth) => `${kind}-many-${nth}`);
    const records = ids.flatMap((id, nth) => [
      anApplication(nth, { id, tags: [[`t-${nth}`, 1]] }),
      anApplication(nth, { id, tags: [['again', 1]] }),
      anApplication(1000 + nth, { id, tags: [['next', 3]] }),
    ]);
    expect(await tags.apply(records)).toEqual(ids.flatMap(() => [true, false, true]));
    const read = await tags.readManyTags('demo', [...ids, 'nobody'], 2);
    expect(read).toEqual([
      ...ids.map((_, nth) => [
        { tag: 'next', stored: 3 },
        { tag: `t-${nth}`, stored: 1 },
      ]),
      [],
    ]);
  });

  test('ids and tags of any script and sign', async () => {
    const tags = store();
    const id = `${kind} {ü}:\u0000"\\ 🛍`;
    await tags.apply([anApplication(1, { id, tags: [['search:"нож" \\ 🔪\n', 2]] })]);
    expect(await tags.readTags('demo', id, 5)).toEqual([
      { tag: 'search:"нож" \\ 🔪\n', stored: 2 },
    ]);
  });

  test('nothing to apply, nobody to read', async () => {
    const tags = store();
    expect(await tags.apply([])).toEqual([]);
    expect(await tags.readTags('demo', 'nobody', 5)).toEqual([]);
    expect(await tags.readProfile('demo', 'nobody')).toBeNull();
    expect(await tags.readManyTags('demo', [], 5)).toEqual([]);
  });
});

describe('tags in Redis', () => {
  test('both keys live from the last application; a skipped record does not prolong them', async () => {
    const { redis, keys } = server;
    const writer = createTagWriter({ ...server, ttlMs });
    const both = [keys.tags('demo', 'ttl'), keys.profile('demo', 'ttl')];
    const shorten = () => Promise.all(both.map((key) => redis.pexpire(key, 1000)));
    const ttls = () => Promise.all(both.map((key) => redis.pttl(key)));
    // The profile alone at first: an event without tags.
    await writer.apply([anApplication(0, { id: 'ttl', tags: [] })]);
    await writer.apply([anApplication(1, { id: 'ttl' })]);
    await shorten();
    await writer.apply([anApplication(1, { id: 'ttl' })]);
    for (const ttl of await ttls()) expect(ttl).toBeLessThanOrEqual(1000);
    await writer.apply([anApplication(2, { id: 'ttl' })]);
    const prolonged = await ttls();
    for (const ttl of prolonged) {
      expect(ttl).toBeGreaterThan(ttlMs);
      expect(ttl).toBeLessThanOrEqual(ttlMs + 3_600_000);
    }
    await writer.apply([anApplication(3, { id: 'ttl' })]);
    expect((await ttls())[0]).toBeLessThanOrEqual(prolonged[0] as number);
  });

  test('tags that come after a profile without any live as long', async () => {
    const { redis, keys } = server;
    const writer = createTagWriter({ ...server, ttlMs });
    await writer.apply([anApplication(0, { id: 'late', tags: [] })]);
    await writer.apply([anApplication(1, { id: 'late' })]);
    expect(await redis.pttl(keys.tags('demo', 'late'))).toBeGreaterThan(ttlMs);
  });

  test('the reading contract: two commands, no library', async () => {
    const { redis, keys } = server;
    const writer = createTagWriter({ ...server, ttlMs });
    await writer.apply([
      anApplication(41, { id: 'raw', seen: { at: landmark, channel: 'Email' } }),
      anApplication(42, { id: 'raw', tags: [['brand:Acme', 10]], type: 'order_completed' }),
      { ...aVerdict(41, 2 ** 52 + 8, 0, 1), id: 'raw' },
    ]);
    const top = await redis.call('ZREVRANGE', keys.tags('demo', 'raw'), 0, 9, 'WITHSCORES');
    expect(top).toEqual(['brand:Acme', '10', 'category:Bags', '0']);
    expect(await redis.hgetall(keys.profile('demo', 'raw'))).toEqual({
      lastSeenAt: String(noon),
      lastChannel: 'Email',
      lastChannelAt: String(landmark),
      lastChannelBy: `${click}:00001:0000000000000041`,
      segment: 'buyer',
      'n:product_viewed': '0',
      'n:order_completed': '1',
      [`wm:${click}:1`]: '42',
      [`rv:${click}:1:41`]: `${2 ** 52 + 8}:0`,
    });
  });
});
