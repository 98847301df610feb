import { anInsightsServer } from '../../support/insights-server';

const part = { sessions: 0, users: 0, orders: 0, revenueMinor: 0, version: '1764000000123456789' };

test('one row a channel in the tenant’s currency, others beside it, each with its revision', async () => {
  const start = Date.UTC(2021, 0, 4, 23);
  const parts = [
    { ...part, start, channel: 'Email', currency: '', sessions: 7, users: 6 },
    { ...part, start, channel: 'Email', currency: 'JPY', orders: 1, revenueMinor: 1200 },
    { ...part, start, channel: 'Email', currency: 'USD', orders: 2, revenueMinor: 1250 },
  ];
  const { get, asked } = await anInsightsServer({
    facts: { channels: async () => ({ parts, stale: false }) },
  });
  const { body } = await get('/v1/channels?interval=day&selfReferral=raw');
  expect(asked[0]?.[1]).toMatchObject({
    interval: 'day',
    selfReferral: 'raw',
    zone: 'Europe/Berlin',
  });
  const row = {
    start: '2021-01-04T23:00:00.000Z',
    channel: 'Email',
    revision: '2025-11-24T16:00:00.123456789Z',
  };
  expect(body).toEqual({
    stale: false,
    rows: [
      { ...row, sessions: 7, users: 6, orders: 2, revenue: '12.50', currency: 'USD' },
      { ...row, sessions: null, users: null, orders: 1, revenue: '1200', currency: 'JPY' },
    ],
  });
});
