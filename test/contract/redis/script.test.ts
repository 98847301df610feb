import { createTagWriter } from '../../../services/shared/stores/redis/tag-writer';
import { type TestRedis, testRedis } from '../../support/redis';

let server: TestRedis;
beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.close());

const application = (id: string, offset: number) => ({
  ...{ tenant: 'demo', id, type: 'product_viewed' as const, decision: null },
  source: { topic: 'events.click.v1', partition: 0, offset },
  tags: [['category:Bags', 1] as const],
  seen: { at: 1000, channel: null },
});

test.each(['tags', 'profile'] as const)(
  'something else in a key of %s is set aside, and everybody gets what is theirs',
  async (kind) => {
    const { redis, keys } = server;
    const setAside: string[] = [];
    const onSetAside = (key: string) => void setAside.push(key);
    const { apply } = createTagWriter({ ...server, ttlMs: 60_000, onSetAside });
    const [before, wrong, after] = [`${kind}-before`, `${kind}-wrong`, `${kind}-after`];
    const key = keys[kind]('demo', wrong);
    await redis.set(key, 'somebody else');
    await apply([application(before, 1), application(wrong, 2), application(after, 3)]);
    for (const id of [before, wrong, after]) {
      expect(await redis.zscore(keys.tags('demo', id), 'category:Bags')).toBe('1');
      expect(await redis.hget(keys.profile('demo', id), 'n:product_viewed')).toBe('1');
    }
    expect(setAside).toEqual([key]);
    expect(await redis.get(`${key}:set-aside`)).toBe('somebody else');
  },
);
