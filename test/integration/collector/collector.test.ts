import { Analytics } from '@segment/analytics-node';
import { topicsOf } from '../../../services/shared/runtime/topics';
import { startCollector } from '../../support/collector';
import { eventually } from '../../support/eventually';
import { aName } from '../../support/names';
import { type Landing, openLanding } from './landing';

let landing: Landing;
beforeAll(async () => {
  landing = await openLanding();
}, 60_000);
afterAll(() => landing.close(), 60_000);

/** Everything of one user, once as many have arrived. */
const landedOf = (user: string, count: number) =>
  landing.landed(({ anonymousId, userId }) => [anonymousId, userId].includes(user), count);

test('the unmodified analytics-node: every call, on its topic, once, in the order of its request', async () => {
  const { topics, collector } = landing;
  const user = aName('user');
  const analytics = new Analytics({ writeKey: 'demo-write-key', host: collector.url, flushAt: 7 });
  const track = (event: string, properties = {}) =>
    analytics.track({ anonymousId: user, event, properties });
  analytics.identify({ anonymousId: user, userId: 'u-1', traits: { plan: 'pro' } });
  analytics.page({ anonymousId: user, name: 'Home', properties: { url: 'https://shop.example/' } });
  for (let index = 0; index < 20; index += 1) track('Product Viewed', { product_id: index });
  track('Product Added', { product_id: 'p1', price: 44.1 });
  track('Order Completed', { order_id: 'o1', revenue: '12.30', currency: 'EUR' });
  await analytics.closeAndFlush();

  const all = await landedOf(user, 24);
  expect(all).toHaveLength(24);
  const names = (topic: string) =>
    all.filter((one) => one.topic === topic).map(({ event }) => event.name);
  expect(names(topics.identity)).toEqual(['identify']);
  expect(names(topics.cart)).toEqual(['Product Added']);
  expect(names(topics.order)).toEqual(['Order Completed']);
  expect(names(topics.click).filter((name) => name === 'Home')).toHaveLength(1);
  const viewed = all
    .filter(({ event }) => event.type === 'product_viewed')
    .map(({ event }) => Number(event.items[0]?.productId));
  expect(viewed).toHaveLength(20);
  // Requests of seven calls, two of them before the first view, which the SDK sends side by side.
  for (const [from, to] of [
    [0, 4],
    [5, 11],
    [12, 18],
    [19, 19],
  ] as const) {
    const together = viewed.filter((nth) => nth >= from && nth <= to);
    expect(together).toEqual(Array.from({ length: to - from + 1 }, (_, index) => from + index));
  }
  const order = all.find(({ event }) => event.type === 'order_completed')?.event;
  expect(order).toMatchObject({
    tenant: 'demo',
    library: '@segment/analytics-node',
    clock: 'healthy',
    currency: 'EUR',
    effect: { orderId: 'o1', revenueMinor: 1230 },
    invalid: null,
  });
  expect(order?.eventAt).toBe(order?.originalAt);
}, 60_000);

test('an import of a request full of events, the unreadable ones among them', async () => {
  const user = aName('user');
  const batch = Array.from({ length: 1000 }, (_, index) => ({
    type: 'track',
    event: 'Product Added',
    anonymousId: user,
    messageId: `${user}-${index}`,
    timestamp: '2020-12-19T00:00:00Z',
    properties: { product_id: 'p', price: index % 10 === 0 ? 'free' : 1.5 },
  }));
  const body = JSON.stringify({ batch, writeKey: 'demo-write-key', sentAt: new Date() });
  const answer = await landing.post('/v1/import', body);
  const said = (await answer.json()) as { success: boolean; refused: readonly { index: number }[] };
  expect([answer.status, said.success]).toEqual([200, true]);
  expect(said.refused.map(({ index }) => index)).toEqual(
    Array.from({ length: 100 }, (_, index) => index * 10),
  );

  const all = await landedOf(user, 1000);
  expect(new Set(all.map(({ topic }) => topic))).toEqual(new Set([landing.topics.import]));
  expect(all.map(({ event }) => event.messageId)).toEqual(batch.map((one) => one.messageId));
  const refused = all.filter(({ event }) => event.invalid !== null);
  expect(refused).toHaveLength(100);
  expect(refused[0]?.event.invalid?.reason).toBe('invalid_amount');
  expect(all[1]?.event).toMatchObject({ clock: 'as_sent', eventAt: Date.UTC(2020, 11, 19) });
}, 60_000);

test('a partition that takes nothing makes its requests 503, and no others', async () => {
  const user = aName('user');
  const prefix = `${landing.prefix}outage.`;
  const other = await landing.another(prefix, { COLLECTOR_ACK_TIMEOUT: '1500' });
  const post = async (...events: string[]) => {
    const batch = events.map((event) => ({ type: 'track', event, anonymousId: user }));
    const body = JSON.stringify({ batch, writeKey: 'demo-write-key' });
    return (await fetch(`${other.url}/v1/batch`, { method: 'POST', body })).status;
  };
  // A topic is there, and gone, a little after the controller says so.
  const comesTo = (status: number, ...events: string[]) =>
    eventually(async () => (await post(...events)) === status, {
      deadlineMs: 25_000,
      message: `${status} for ${events.join(', ')}`,
    });
  await comesTo(200, 'Product Viewed', 'Order Completed');
  await landing.kafka.admin.deleteTopics({ topics: [topicsOf(prefix).order] });
  await comesTo(503, 'Product Viewed', 'Order Completed');
  await comesTo(200, 'Product Viewed');
  expect(await post('Product Viewed', 'Order Completed')).toBe(503);
}, 90_000);

test('it is ready while Kafka answers', async () => {
  const ready = await fetch(`${landing.collector.url}/readyz`);
  expect(ready.status).toBe(200);
});

test('without its topics it says what to do', async () => {
  const TOPIC_PREFIX = `${landing.prefix}missing.`;
  await expect(startCollector({ TOPIC_PREFIX })).rejects.toThrow(/run deploy.setup/);
});
