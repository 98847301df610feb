import { storedWeight } from '../../../services/shared/domain/interest';
import { anEvent, anItem, noon } from '../../support/event-builders';
import { anInsightsServer } from '../../support/insights-server';

const fortnight = 14 * 86_400_000;
const profile = {
  lastSeenAt: noon - 5000,
  lastChannel: 'Email',
  lastChannelAt: noon - 9000,
  segment: 'cart' as const,
  counts: { product_viewed: 2, product_added: 1 },
};
const interests = {
  readTags: async () => [
    { tag: 'category:Bags', stored: storedWeight(6, noon) },
    { tag: 'brand:Acme', stored: storedWeight(1, noon) },
  ],
  readProfile: async () => profile,
  readManyTags: async () => [[{ tag: 'brand:Acme', stored: storedWeight(4, noon) }], []],
};
const seen = {
  ...anEvent({ messageId: 'm-9', items: [anItem({ category: 'Bags' })] }),
  eventAt: noon - 5000,
  weightsVersion: 1,
};

test('weights as of now, with the latest events behind each tag', async () => {
  const { get, asked } = await anInsightsServer({
    interests,
    facts: { userEvents: async () => [seen] },
  });
  const { body } = await get('/v1/users/ann%2Fb/tags?limit=2');
  expect(asked).toEqual([
    ['readTags', 'demo', 'ann/b', 2],
    ['readProfile', 'demo', 'ann/b'],
    ['userEvents', { tenant: 'demo', id: 'ann/b', from: noon - 6000, to: noon - 4999, limit: 50 }],
  ]);
  expect(body).toEqual({
    id: 'ann/b',
    at: '2026-01-15T12:00:00.000Z',
    tags: [
      {
        tag: 'category:Bags',
        weight: expect.closeTo(6, 9),
        events: [
          {
            messageId: 'm-9',
            type: 'product_viewed',
            name: 'Product Viewed',
            eventAt: '2026-01-15T11:59:55.000Z',
          },
        ],
      },
      { tag: 'brand:Acme', weight: expect.closeTo(1, 9), events: [] },
    ],
  });
});

test('weights at another time, from Redis alone', async () => {
  const { get, asked } = await anInsightsServer({ interests });
  const at = new Date(noon + fortnight).toISOString();
  const { body } = await get(`/v1/users/ann/tags?events=0&at=${at}`);
  expect(body.tags[0]).toEqual({ tag: 'category:Bags', weight: expect.closeTo(3, 9), events: [] });
  expect(asked.map(([method]) => method)).toEqual(['readTags', 'readProfile']);
});

test('a user who was never seen has no tags and no profile', async () => {
  const { get, asked } = await anInsightsServer({
    interests: { readTags: async () => [], readProfile: async () => null },
  });
  expect((await get('/v1/users/nobody/tags')).body).toMatchObject({ id: 'nobody', tags: [] });
  expect(await get('/v1/users/nobody')).toEqual({
    status: 404,
    body: {
      error: 'unknown_user',
      message: "nobody was seen as 'nobody' in the last 90 days",
      field: 'id',
    },
  });
  expect(asked.some(([method]) => method === 'userEvents')).toBe(false);
});

test('the profile', async () => {
  const { get } = await anInsightsServer({ interests });
  expect((await get('/v1/users/ann')).body).toEqual({
    id: 'ann',
    lastSeenAt: '2026-01-15T11:59:55.000Z',
    lastChannel: 'Email',
    lastChannelAt: '2026-01-15T11:59:51.000Z',
    segment: 'cart',
    counts: { product_viewed: 2, product_added: 1 },
  });
});

test('many users in one question, in their order', async () => {
  const { post, asked } = await anInsightsServer({ interests });
  const { body } = await post('/v1/users/tags', { ids: ['ann', 'bob'], limit: 5 });
  expect(asked).toEqual([['readManyTags', 'demo', ['ann', 'bob'], 5]]);
  expect(body).toEqual({
    at: '2026-01-15T12:00:00.000Z',
    users: [
      { id: 'ann', tags: [{ tag: 'brand:Acme', weight: expect.closeTo(4, 9) }] },
      { id: 'bob', tags: [] },
    ],
  });
});

test.each([
  [{}, 'ids'],
  [{ ids: [] }, 'ids'],
  [{ ids: [''] }, 'ids.0'],
  [{ ids: ['a'.repeat(257)] }, 'ids.0'],
  [{ ids: ['a'], limit: 201 }, 'limit'],
])('the body %j is refused, naming %s', async (body, field) => {
  const { post, asked } = await anInsightsServer({ interests });
  expect(await post('/v1/users/tags', body)).toMatchObject({ status: 400, body: { field } });
  expect(asked).toEqual([]);
});
