import { TransientError } from '../../../services/shared/runtime/errors';
import { aJudgedEvent, anEvent, anItem, noon } from '../../support/event-builders';
import { anInsightsServer, aTenant } from '../../support/insights-server';
import { aRecordWithBytes } from '../../support/stored-records';

const order = aRecordWithBytes({
  type: 'order_completed',
  name: 'Order Completed',
  userId: 'ann@example',
  orderKey: 'o-1',
  items: [anItem({ brand: 'Acme' })],
});
const effects = {
  session: { start: noon - 90_000, channel: 'Email' },
  windows: [
    { table: 'channel_1m' as const, start: noon, as: 'event' as const },
    { table: 'channel_1m' as const, start: noon - 120_000, as: 'session' as const },
  ],
  order: { key: 'o-1', countsBy: order.source },
};

test('a counted record: why it counts, and everything it has a part in', async () => {
  const { get, asked } = await anInsightsServer({
    facts: { reviewed: async () => [order], effects: async () => effects },
  });
  const { body } = await get('/v1/events/m-1');
  expect(asked).toEqual([
    ['reviewed', { tenant: null, messageId: 'm-1', limit: 100 }],
    ['effects', order, 'Europe/Berlin'],
  ]);
  expect(body.messageId).toBe('m-1');
  expect(body.records).toHaveLength(1);
  expect(body.records[0]).toMatchObject({
    coordinates: { topic: 'events.click.v1', partition: 1, offset: 7 },
    outcome: 'counted',
    reason: 'clean',
    explanation: expect.stringMatching(/^Counted: /),
    heldBy: null,
    times: { eventAt: '2026-01-15T12:00:00.000Z', clock: 'healthy' },
  });
  expect(body.records[0].effects).toEqual({
    session: { start: '2026-01-15T11:58:30.000Z', channel: 'Email' },
    windows: [
      { table: 'channel_1m', start: '2026-01-15T12:00:00.000Z', as: 'event' },
      { table: 'channel_1m', start: '2026-01-15T11:58:00.000Z', as: 'session' },
    ],
    order: { key: 'o-1', counts: true, countsBy: order.source },
    tags: [
      { id: 'ann', tag: 'brand:Acme', weight: 10 },
      { id: 'ann@example', tag: 'brand:Acme', weight: 10 },
    ],
  });
});

test('every record of one id, and none that does not count has a part in anything', async () => {
  const copy = aRecordWithBytes({
    outcome: 'duplicate',
    reason: 'same_message',
    heldBy: 'events.click.v1/1/7',
    source: { topic: 'events.click.v1', partition: 1, offset: 9 },
    items: [anItem({ brand: 'Acme' })],
  });
  const { get, asked } = await anInsightsServer({
    facts: { reviewed: async () => [order, copy], effects: async () => effects },
  });
  const { body } = await get('/v1/events/m-1');
  expect(asked.filter(([method]) => method === 'effects')).toHaveLength(1);
  expect(body.records[1]).toMatchObject({
    outcome: 'duplicate',
    heldBy: 'events.click.v1/1/7',
    explanation: expect.stringMatching(/^Not counted: the record events.click.v1\/1\/7 /),
    effects: { session: null, windows: [], order: null, tags: [] },
  });
});

test('an order that counts by another copy says by which', async () => {
  const countsBy = { ...order.source, offset: 3 };
  const { get } = await anInsightsServer({
    facts: {
      reviewed: async () => [order],
      effects: async () => ({ ...effects, order: { key: 'o-1', countsBy } }),
    },
  });
  const { body } = await get('/v1/events/m-1');
  expect(body.records[0].effects.order).toEqual({ key: 'o-1', counts: false, countsBy });
});

test('among several tenants only the named one’s records are shown', async () => {
  const { get, asked } = await anInsightsServer({
    tenants: [aTenant(), aTenant({ name: 'other' })],
    facts: { reviewed: async () => [order], effects: async () => effects },
  });
  expect((await get('/v1/events/m-1')).body.field).toBe('tenant');
  await get('/v1/events/m-1?tenant=other');
  expect(asked[0]).toEqual(['reviewed', { tenant: 'other', messageId: 'm-1', limit: 100 }]);
});

test('a message that nobody sent', async () => {
  const { get } = await anInsightsServer({ facts: { reviewed: async () => [] } });
  expect(await get('/v1/events/m-404')).toEqual({
    status: 404,
    body: {
      error: 'unknown_message',
      message: "no record has the message id 'm-404'",
      field: 'messageId',
    },
  });
});

test('what was sent stands beside what became of it; without it the rest of the story stands', async () => {
  const { event, ...judged } = aJudgedEvent();
  const properties = '{"__proto__":{"a":1},"color":"red"}';
  const read = async (bytes: Buffer) => {
    if (bytes.toString() !== 'as kept') throw new TransientError('the registry is down');
    return { ...judged, event: { ...anEvent({ properties }), ...event, properties } };
  };
  const kept = aRecordWithBytes({ record: Buffer.from('as kept') });
  const other = aRecordWithBytes({ record: Buffer.from('cannot be read') });
  const { get } = await anInsightsServer({
    facts: { reviewed: async () => [kept, other], effects: async () => effects },
    decisions: { read },
  });
  const { body } = await get('/v1/events/m-1');
  expect(JSON.stringify(body.records[0].sent.properties)).toBe(properties);
  expect(body.records[1]).toMatchObject({ outcome: 'counted', sent: null });
});
