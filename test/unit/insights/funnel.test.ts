import { anInsightsServer } from '../../support/insights-server';

const hour = 3_600_000;
const start = Date.UTC(2021, 0, 5, 7);

test('by default the stored steps, in order, within a day, for users', async () => {
  const rows = [{ start: null, entered: [9, 4, 2, 1] }];
  const { get, asked } = await anInsightsServer({
    facts: { funnel: async () => ({ rows, stale: false }) },
  });
  const { body } = await get('/v1/funnel');
  expect(asked[0]?.[1]).toMatchObject({
    by: 'user',
    order: 'strict',
    conversionMs: 24 * hour,
    interval: 'total',
    steps: ['product_viewed', 'product_added', 'checkout_started', 'order_completed'],
  });
  expect(body).toEqual({
    stale: false,
    rows: [
      {
        start: null,
        steps: [
          { step: 'product_viewed', entered: 9 },
          { step: 'product_added', entered: 4 },
          { step: 'checkout_started', entered: 2 },
          { step: 'order_completed', entered: 1 },
        ],
      },
    ],
  });
});

test.each([
  ['windowHours=none', null],
  ['windowHours=1', hour],
  ['windowHours=0.5', hour / 2],
  ['windowHours=8784', 8784 * hour],
])('%s', async (parameter, conversionMs) => {
  const { get, asked } = await anInsightsServer({
    facts: { funnel: async () => ({ rows: [], stale: false }) },
  });
  await get(`/v1/funnel?${parameter}`);
  expect(asked[0]?.[1]).toMatchObject({ conversionMs });
});

test('steps of the asker’s choice, in the asker’s order; rows say when they start and if they are stale', async () => {
  const rows = [{ start, entered: [3, 1] }];
  const { get, asked } = await anInsightsServer({
    facts: { funnel: async () => ({ rows, stale: true }) },
  });
  const { body } = await get(
    '/v1/funnel?interval=hour&by=session&order=any&steps=page_viewed,%20custom',
  );
  expect(asked[0]?.[1]).toMatchObject({
    by: 'session',
    order: 'any',
    steps: ['page_viewed', 'custom'],
  });
  expect(body).toEqual({
    stale: true,
    rows: [
      {
        start: '2021-01-05T07:00:00.000Z',
        steps: [
          { step: 'page_viewed', entered: 3 },
          { step: 'custom', entered: 1 },
        ],
      },
    ],
  });
});

test('a total that nobody entered is a row of zeros that says from when', async () => {
  const { get } = await anInsightsServer({
    facts: { funnel: async () => ({ rows: [], stale: false }) },
  });
  const { body } = await get('/v1/funnel?from=2021-01-05T07:00:00Z&steps=custom');
  expect(body.rows).toEqual([
    { start: '2021-01-05T07:00:00.000Z', steps: [{ step: 'custom', entered: 0 }] },
  ]);
  expect((await get('/v1/funnel?interval=hour')).body.rows).toEqual([]);
});
