import { commerceOf } from '../../../../services/shared/domain/commerce';
import type { EventType } from '../../../../services/shared/domain/event';
import { anItem } from '../../../support/event-builders';

const read = (type: EventType, properties: Record<string, unknown>, currency = 'USD') =>
  commerceOf(type, properties, currency);
const reason = (type: EventType, properties: Record<string, unknown>) => {
  const result = read(type, properties);
  return result.ok ? 'accepted' : `${result.refusal.reason}: ${result.refusal.message}`;
};
const sound = (type: EventType, properties: Record<string, unknown>, currency?: string) => {
  const result = read(type, properties, currency);
  if (!result.ok) throw new Error(result.refusal.message);
  return result.commerce;
};

describe('items', () => {
  const segment = {
    product_id: 'p1',
    sku: 's1',
    name: 'Cap',
    category: 'Hats',
    brand: 'Acme',
    price: 18.99,
    quantity: 1,
  };
  const item = anItem({
    productId: 'p1',
    sku: 's1',
    name: 'Cap',
    category: 'Hats',
    brand: 'Acme',
    priceMinor: 1899,
    quantity: 1,
  });

  test('products (Segment), items (GA4) and a single product are the same', () => {
    const ga4 = {
      item_id: 'p1',
      sku: 's1',
      item_name: 'Cap',
      item_category: 'Hats',
      item_brand: 'Acme',
      price: '18.99',
      quantity: '1',
    };
    expect(sound('product_added', { products: [segment] }).items).toEqual([item]);
    expect(sound('product_added', { items: [ga4] }).items).toEqual([item]);
    expect(sound('product_added', segment).items).toEqual([item]);
  });

  test('top-level properties are a product only where the type is about one', () => {
    expect(sound('product_list_viewed', segment).items).toEqual([]);
    expect(sound('promotion_clicked', segment).items).toEqual([]);
    expect(sound('product_viewed', { category: 'Hats', price: 3 }).items).toEqual([]);
  });

  test('what is missing is null, ids may be numbers', () => {
    expect(sound('product_viewed', { product_id: 7 }).items).toEqual([anItem({ productId: '7' })]);
    expect(sound('product_list_viewed', { products: [{}] }).items).toEqual([anItem()]);
  });

  test.each<[string, unknown, string]>([
    ['an object', { a: 1 }, 'invalid_items: products is an object instead of an array'],
    ['a string', '[]', 'invalid_items: products is a string instead of an array'],
    ['an entry that is none', [segment, 'x'], 'invalid_items: product 1 is a string'],
    ['a null entry', [null], 'invalid_items: product 0 is null'],
    ['a quantity', [{ quantity: 'two' }], 'invalid_items: product 0: quantity is no finite number'],
    [
      'a price',
      [{ price: 'free' }],
      "invalid_amount: product 0: price: 'free' is no decimal amount: send a number, or digits with a point",
    ],
  ])('%s refuses the event', (_name, products, expected) => {
    expect(reason('order_completed', { products })).toBe(expected);
  });
});

describe('effect', () => {
  const order = {
    order_id: 'o1',
    total: 27.5,
    revenue: 22.5,
    shipping: 3,
    tax: '2.00',
    coupon: 'hasbros',
    affiliation: 'Toy shop',
    currency: 'eur',
  };

  test('an order of the Segment spec', () => {
    expect(sound('order_completed', order)).toEqual({
      currency: 'EUR',
      items: [],
      shop: 'Toy shop',
      effect: {
        orderId: 'o1',
        revenueMinor: 2250,
        taxMinor: 200,
        shippingMinor: 300,
        coupon: 'hasbros',
      },
    });
  });

  test.each<[Record<string, unknown>, number | null]>([
    [{ revenue: 1, total: 2, value: 3 }, 100],
    [{ total: 2, value: 3 }, 200],
    [{ value: 3 }, 300],
    [{ revenue: null, value: 3 }, 300],
    [{ revenue: 0, total: 2 }, 0],
    [{ revenue: '-5.5' }, -550],
    [{}, null],
  ])('the revenue of %p is %p', (properties, revenueMinor) => {
    expect(sound('order_completed', properties).effect?.revenueMinor).toBe(revenueMinor);
  });

  test('GA4 names an order transaction_id', () => {
    const { effect } = sound('order_refunded', { transaction_id: 't1', value: 9.99 });
    expect(effect).toMatchObject({ orderId: 't1', revenueMinor: 999 });
  });

  test('only purchases have one', () => {
    expect(sound('product_added', order).effect).toBeNull();
  });

  test.each<[Record<string, unknown>, string]>([
    [{ revenue: '' }, "invalid_amount: revenue: '' is no decimal amount"],
    [{ revenue: 1e300 }, 'invalid_amount: revenue: an amount of more than'],
    [{ revenue: 5, tax: {} }, 'invalid_amount: tax: an object is no amount'],
    [{ revenue: 5, shipping: 'x' }, "invalid_amount: shipping: 'x' is no decimal amount"],
    [{ revenue: 5, currency: 'gold' }, "invalid_currency: currency 'gold' is not in ISO 4217"],
    [{ revenue: 5, currency: '' }, "invalid_currency: currency '' is not in ISO 4217"],
    [{ revenue: 5, currency: 978 }, 'invalid_currency: currency of type number is not in'],
  ])('%p refuses the event', (properties, expected) => {
    expect(reason('order_completed', properties)).toContain(expected);
  });
});

describe('currency', () => {
  test("is the tenant's where none is named, and says how many minor units there are", () => {
    const { currency, effect } = sound('order_completed', { revenue: 1500 }, 'JPY');
    expect([currency, effect?.revenueMinor]).toEqual(['JPY', 1500]);
    expect(sound('order_completed', { revenue: 1.5, currency: 'KWD' }).effect?.revenueMinor).toBe(
      1500,
    );
  });
});

test('custom events and page views have no commerce, and are not refused for what looks like it', () => {
  const properties = { currency: 'gold coins', revenue: 'lots', products: 'many' };
  const none = { currency: null, items: [], shop: null, effect: null };
  expect(sound('custom', properties)).toEqual(none);
  expect(sound('page_viewed', properties)).toEqual(none);
});
