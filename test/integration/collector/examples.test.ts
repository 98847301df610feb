import type { Event, EventType } from '../../../services/shared/domain/event';
import type { RawTopicKey } from '../../../services/shared/runtime/topics';
import { aName } from '../../support/names';
import { describeWithData } from '../../support/real-data';
import { type Landing, openLanding } from './landing';

/** The example calls of the Segment documentation, sent as they are printed there. */
jest.setTimeout(60_000);

let landing: Landing;
beforeAll(async () => {
  landing = await openLanding();
});
afterAll(() => landing.close());

/** Sends a batch of somebody nobody else is, and answers with what landed, in the order it was sent. */
async function sent(examples: readonly object[]) {
  const name = aName('m');
  const batch = examples.map((example, at) => ({
    ...{ anonymousId: name, ...example },
    messageId: `${name}-${at}`,
  }));
  const answer = await landing.post('/v1/batch', JSON.stringify({ batch }));
  expect([answer.status, await answer.json()]).toEqual([200, { success: true }]);
  const isOurs = ({ messageId }: Event) => messageId.startsWith(name);
  const records = await landing.landed(isOurs, batch.length);
  return batch.map(({ messageId }) => {
    const found = records.find(({ event }) => event.messageId === messageId);
    if (found === undefined) throw new Error(`${messageId} did not land`);
    return found;
  });
}

/** What is between an event's name and its fields: type, topic, and minor units of price by item. */
type Expected = readonly [EventType, RawTopicKey, readonly (number | null)[]];

const game = [1899];
const games = [1900, 300];
const expected: Readonly<Record<string, Expected>> = {
  'Products Searched': ['products_searched', 'click', []],
  'Product List Viewed': ['product_list_viewed', 'click', games],
  'Product List Filtered': ['custom', 'click', []],
  'Promotion Viewed': ['custom', 'click', []],
  'Promotion Clicked': ['promotion_clicked', 'click', []],
  'Product Clicked': ['product_clicked', 'click', game],
  'Product Viewed': ['product_viewed', 'click', game],
  'Product Added': ['product_added', 'cart', game],
  'Product Removed': ['product_removed', 'cart', game],
  'Cart Viewed': ['custom', 'click', []],
  'Checkout Started': ['checkout_started', 'order', games],
  'Checkout Step Viewed': ['custom', 'click', []],
  'Checkout Step Completed': ['custom', 'click', []],
  'Payment Info Entered': ['payment_info_entered', 'order', []],
  'Order Updated': ['custom', 'click', []],
  'Order Completed': ['order_completed', 'order', games],
  'Order Refunded': ['order_refunded', 'order', games],
  'Order Cancelled': ['order_cancelled', 'order', games],
  'Coupon Entered': ['custom', 'click', []],
  'Product Added to Wishlist': ['product_wishlisted', 'cart', game],
  'Product Removed from Wishlist': ['custom', 'click', []],
  'Wishlist Product Added to Cart': ['product_added', 'cart', game],
  'Product Shared': ['custom', 'click', []],
  'Cart Shared': ['custom', 'click', []],
  'Product Reviewed': ['custom', 'click', []],
};

describeWithData('sdk/segment_ecommerce_v2_events.json', (file) => {
  const examples = JSON.parse(file.text()) as readonly { event: string; properties: object }[];

  test('all events of the e-commerce spec land with their type, topic, prices and properties', async () => {
    const landed = await sent(examples);
    const seen = landed.map(({ topic, event }) => [
      event.name,
      [
        event.type,
        Object.entries(landing.topics).find(([, name]) => name === topic)?.[0],
        event.items.map(({ priceMinor }) => priceMinor),
      ],
    ]);
    expect(Object.fromEntries(seen)).toEqual(expected);
    expect(landed.filter(({ event }) => event.invalid !== null)).toEqual([]);
    const properties = landed.map(({ event }) => JSON.parse(event.properties));
    expect(properties).toEqual(examples.map((example) => example.properties));
  });

  test('with the fields that the marketer asks for', async () => {
    const named = new Map((await sent(examples)).map(({ event }) => [event.name, event]));
    expect(named.get('Products Searched')?.searchQuery).toBe('blue roses');
    expect(named.get('Product List Viewed')?.category).toBe('Deals');
    expect(named.get('Product Viewed')).toMatchObject({
      currency: 'USD',
      items: [{ sku: 'G-32', category: 'Games', brand: 'Hasbro', quantity: 1 }],
    });
    const revenue = (name: string) => named.get(name)?.effect?.revenueMinor;
    expect(['Checkout Started', 'Order Completed', 'Order Refunded'].map(revenue)).toEqual([
      2500, 2250, 3000,
    ]);
    expect(named.get('Order Cancelled')).toMatchObject({
      ...{ shop: 'Google Store', currency: 'USD' },
      effect: { orderId: '50314b8e9bcf000000000000', taxMinor: 200, shippingMinor: 300 },
    });
  });
});

describeWithData('sdk/segment_spec_payloads.json', (file) => {
  const examples = JSON.parse(file.text()) as readonly {
    readonly file: string;
    readonly payload: {
      readonly type: string;
      readonly userId?: string;
      readonly traits?: object;
      readonly properties?: object;
      readonly context?: { readonly ip?: string; readonly userAgent?: string };
    };
  }[];
  const topicOf: Readonly<Record<string, RawTopicKey>> = {
    track: 'click',
    page: 'click',
    screen: 'click',
    identify: 'identity',
    alias: 'identity',
    group: 'identity',
  };

  test('each call lands on its topic, with its user and what it says', async () => {
    const payloads = examples.map(({ payload }) => payload);
    const landed = await sent(payloads);
    for (const [at, { topic, event }] of landed.entries()) {
      const { type, userId = null, traits, properties, context } = payloads[at] ?? { type: '' };
      expect(event.invalid).toBeNull();
      expect(topic).toBe(landing.topics[topicOf[type] ?? 'import']);
      expect(event.userId).toBe(userId);
      expect(event.userAgent).toBe(context?.userAgent ?? null);
      expect(event.ip).toBe(context?.ip ?? null);
      const said = JSON.parse(event.properties);
      if (type === 'group') expect(said.traits).toEqual(traits);
      else if (type === 'identify') expect(said).toEqual(traits);
      else if (type === 'alias') expect(said).toHaveProperty('previousId');
      else expect(said).toEqual(properties ?? {});
    }
  });
});
