import { noon } from '../../support/event-builders';
import { anInsightsServer, aTenant } from '../../support/insights-server';
import { aStoredRecord } from '../../support/stored-records';

const refused = aStoredRecord({
  outcome: 'dead',
  reason: 'invalid_amount',
  evidence: "revenue: '1,234.50' is no decimal amount",
  name: 'Order Completed',
});

test('what arrived last: why it was refused, and what to do about it', async () => {
  const { get, asked } = await anInsightsServer({
    facts: { recentRecords: async () => [refused] },
  });
  const { body } = await get('/v1/events?recent');
  expect(asked).toEqual([
    [
      'recentRecords',
      {
        ...{ tenant: null, now: noon, since: noon - 600_000, limit: 100 },
        ...{ outcomes: null, type: null, user: null, search: null },
      },
    ],
  ]);
  expect(body).toMatchObject({ since: '2026-01-15T11:50:00.000Z', more: false });
  expect(body.events).toHaveLength(1);
  expect(body.events[0]).toMatchObject({
    messageId: 'm-1',
    outcome: 'dead',
    reason: 'invalid_amount',
    explanation: expect.stringContaining("'1,234.50' is no decimal amount"),
    advice: expect.stringContaining('39.9'),
    times: { clock: 'healthy', appendedAt: '2026-01-15T12:00:00.320Z' },
  });
});

test('filters reach the question as they were asked', async () => {
  const { get, asked } = await anInsightsServer({
    tenants: [aTenant(), aTenant({ name: 'other' })],
    facts: { recentRecords: async () => [refused] },
  });
  const url =
    '/v1/events?tenant=other&outcome=dead,bot&type=custom&user=ann&search=m-&limit=1&since=2026-01-15T11:59:00Z';
  expect((await get(url)).body.more).toBe(true);
  expect(asked[0]?.[1]).toEqual({
    ...{ tenant: 'other', now: noon, since: noon - 60_000, limit: 1 },
    ...{ outcomes: ['dead', 'bot'], type: 'custom', user: 'ann', search: 'm-' },
  });
});

test.each([
  ['outcome', 'outcome=refused'],
  ['limit', 'limit=501'],
  ['type', 'type=click'],
  ['since', 'since=2026-01-14T11:59:59Z'],
  ['since', 'since=yesterday'],
  ['newest', 'newest=1'],
])('a wrong %s is named', async (field, query) => {
  const { get } = await anInsightsServer();
  const { status, body } = await get(`/v1/events?${query}`);
  expect([status, body.field]).toEqual([400, field]);
});

test('arrivals, step by step', async () => {
  const { get, asked } = await anInsightsServer({
    facts: { arrivals: async () => [{ start: noon, arrived: 7, kept: 5 }] },
  });
  expect((await get('/v1/arrivals?step=10')).body).toEqual({
    rows: [{ start: '2026-01-15T12:00:00.000Z', arrived: 7, kept: 5 }],
  });
  expect(asked[0]?.[1]).toEqual({ tenant: null, since: noon - 600_000, stepSeconds: 10 });
});
