import { createScript } from '../../../services/shared/stores/redis/script';
import { type TestRedis, testRedis } from '../../support/redis';

let server: TestRedis;
beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.close());

const record = [1, 7, 'product_viewed', ['category:Bags', 1.5]];
const decision = [...record, 3, 0, 1];
const seen = [1_700_000_000_000];
const withChannel = [...seen, 1_700_000_000_000, 'topic:00001:7', 'Email'];
const sound = {
  ttlMs: 1000 as unknown,
  slackMs: 10 as unknown,
  sources: ['t:1'] as unknown,
  user: [[record], seen] as unknown,
};

const put = (at: number, value: unknown) =>
  record.map((each, index) => (index === at ? value : each));
const bad = (at: number, value: unknown) => ({ user: [[record, put(at, value)], seen] });

/** The script with one sound user before the one in question: that one must not be written either. */
async function run(part: Partial<typeof sound>) {
  const { redis, keys } = server;
  const apply = createScript(server, 'apply-weights.lua', { types: ['zset', 'hash'] });
  const { ttlMs, slackMs, sources, user } = { ...sound, ...part };
  const names = ['before', 'asked'].flatMap((id) => [keys.tags('t', id), keys.profile('t', id)]);
  await redis.del(...names);
  const users = JSON.stringify([sound.user, user]);
  const text = typeof sources === 'string' ? sources : JSON.stringify(sources);
  const reply = await apply(names, [ttlMs as number, slackMs as number, text, users]).catch(
    (error: Error) => error,
  );
  return { reply: String(reply), written: await redis.exists(...names) };
}

test.each([
  ['an original', sound.user],
  ['a decision', [[decision], seen]],
  ['a channel', [[record], withChannel]],
  ['no sign of life', [[record], []]],
  ['no tags', [[put(3, [])], seen]],
])('the script takes %s', async (_, user) => {
  expect(await run({ user })).toMatchObject({ reply: '11', written: expect.any(Number) });
});

test.each<[string, string, Partial<typeof sound>]>([
  ['no ttl', 'ttlMs', { ttlMs: '' }],
  ['a ttl of zero', 'ttlMs', { ttlMs: 0 }],
  ['an infinite ttl', 'ttlMs', { ttlMs: 'inf' }],
  ['a ttl that is no number', 'ttlMs', { ttlMs: 'nan' }],
  ['no slack', 'slackMs', { slackMs: '' }],
  ['sources that are no JSON', 'Expected', { sources: '[' }],
  ['a source that is no text', 'a source is not a text', { sources: [1] }],
  ['a source that is not listed', 'no such source', bad(0, 2)],
  ['a source number with a fraction', 'no such source', bad(0, 0.5)],
  ['an offset below zero', 'offset', bad(1, -1)],
  ['an offset with a fraction', 'offset', bad(1, 1.5)],
  ['an offset that is a text', 'offset', bad(1, '7')],
  ['an offset beyond what is exact', 'offset', bad(1, 2 ** 54)],
  ['no event type', 'event type', bad(2, '')],
  ['a tag without a weight', 'by turns', bad(3, ['category:Bags'])],
  ['an empty tag', 'a tag is not', bad(3, ['', 1])],
  ['a tag that is no text', 'a tag is not', bad(3, [1, 1])],
  ['a weight that is a text', 'a weight', bad(3, ['category:Bags', '1'])],
  ['a weight that is not a number', 'a weight', bad(3, ['category:Bags', Number.NaN])],
  ['a weight out of range', 'a weight', bad(3, ['category:Bags', 1e300])],
  ['tags that are no list', 'by turns', bad(3, 'category:Bags')],
  ['a version of zero', 'version', { user: [[[...record, 0, 0, 1]], seen] }],
  ['a target that is no state', 'a state', { user: [[[...record, 3, 2, 1]], seen] }],
  ['a decision without its first state', 'a state', { user: [[[...record, 3, 0]], seen] }],
  ['a time that is a text', 'lastSeenAt', { user: [[record], ['now']] }],
  ['a channel without coordinates', 'lastChannel is', { user: [[record], [1, 2]] }],
  ['a channel that is no text', 'lastChannel is', { user: [[record], [1, 2, 'topic', 3]] }],
  ['a user without sign of life', 'seen is', { user: [[record]] }],
  ['a user that is no list', 'a user is', { user: 'ann' }],
  [
    'more records than the stack takes',
    '1,000',
    { user: [Array.from({ length: 1001 }, () => record), seen] },
  ],
])('the script refuses %s (%s) and writes nothing', async (_, why, part) => {
  const { reply, written } = await run(part);
  expect(reply).toMatch(/^ReplyError: ERR /);
  expect(reply).toContain(why);
  expect(written).toBe(0);
});

test('the script refuses a number of keys that does not fit its users', async () => {
  const apply = createScript(server, 'apply-weights.lua', { types: ['zset', 'hash'] });
  const args = [1000, 10, '["t:1"]', JSON.stringify([sound.user])];
  await expect(apply([server.keys.tags('t', 'alone')], args)).rejects.toThrow(/two keys/);
});
