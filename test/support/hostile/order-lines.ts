import { aView, events, group, type Line } from './lines';

/** Amounts, currencies and orders that no shop means. */
export function orderLines(): readonly Line[] {
  return [...amounts(), ...jsonNumbers(), ...orders()];
}

function amounts(): readonly Line[] {
  const order = (properties: object) => ({ event: 'Order Completed', properties });
  const revenue = (amount: unknown) => order({ order_id: 'o', revenue: amount });
  const minor = (revenueMinor: number | null) => ({ effect: { revenueMinor } });
  return events('amounts', [
    ['1e309', revenue('1e309'), 'dead/invalid_amount'],
    ['-0', revenue('-0'), 'counted/clean', minor(0)],
    ['integers above 2^53', revenue(2 ** 53 + 2), 'dead/invalid_amount'],
    ['negative', revenue(-5), 'counted/clean', minor(-500)],
    ['"1,234.50"', revenue('1,234.50'), 'dead/invalid_amount'],
    ['"１２３"', revenue('１２３'), 'dead/invalid_amount'],
    ['NaN', revenue('NaN'), 'dead/invalid_amount'],
    ['"Infinity"', revenue('Infinity'), 'dead/invalid_amount'],
    ['0x10', revenue('0x10'), 'dead/invalid_amount'],
    ['empty', revenue(''), 'dead/invalid_amount'],
    ['true', revenue(true), 'dead/invalid_amount'],
    ['an object', revenue({ amount: 5 }), 'dead/invalid_amount'],
    ['a thousand digits', revenue('9'.repeat(1000)), 'dead/invalid_amount'],
    ['null', revenue(null), 'counted/clean', minor(null)],
    ['currency missing', revenue(5), 'counted/clean', { currency: 'USD' }],
    ['currency unknown', order({ revenue: 5, currency: 'ZZZ' }), 'dead/invalid_currency'],
    ['currency empty', order({ revenue: 5, currency: '' }), 'dead/invalid_currency'],
    [
      'currency of the prototype',
      order({ revenue: 5, currency: 'constructor' }),
      'dead/invalid_currency',
    ],
    ['currency an object', order({ revenue: 5, currency: {} }), 'dead/invalid_currency'],
  ]);
}

function orders(): readonly Line[] {
  const order = (properties: object) => ({
    event: 'Order Completed',
    properties: { order_id: 'o-1', ...properties },
  });
  return events('orders', [
    ['no items', order({ revenue: 5 }), 'counted/clean', { items: [] }],
    ['no items, but null', order({ revenue: 5, products: null }), 'counted/clean', { items: [] }],
    ['items that are no list', order({ products: 'p1' }), 'dead/invalid_items'],
    ['items that are none', order({ products: [null] }), 'dead/invalid_items'],
    ['10,000 items', order({ products: Array(10_000).fill({}) }), 'counted/clean'],
    [
      '10,000 items that say something',
      order({ products: Array(10_000).fill({ product_id: 'p', price: 1 }) }),
      'dead/too_large',
    ],
    [
      'quantity -1',
      order({ products: [{ product_id: 'p', quantity: -1 }] }),
      'counted/clean',
      { items: [{ quantity: -1 }] },
    ],
    [
      'quantity 1.5',
      order({ products: [{ product_id: 'p', quantity: 1.5 }] }),
      'counted/clean',
      { items: [{ quantity: 1.5 }] },
    ],
    [
      'quantity no number',
      order({ products: [{ product_id: 'p', quantity: 'many' }] }),
      'dead/invalid_items',
    ],
    [
      'total not the sum',
      order({ revenue: 1, products: [{ price: 5, quantity: 2 }] }),
      'counted/clean',
      { effect: { revenueMinor: 100 } },
    ],
    [
      'the same order id with another total',
      order({ revenue: 7 }),
      'counted/clean',
      { effect: { orderId: 'o-1', revenueMinor: 700 } },
    ],
  ]);
}

/** As JSON has them, where JSON.stringify would write null. */
function jsonNumbers(): readonly Line[] {
  const withNumbers = (numbers: string, event: string) => ({
    body: JSON.stringify(aView({ event, properties: 0 })).replace(
      '"properties":0',
      `"properties":${numbers}`,
    ),
  });
  const odd = '"big":9007199254740993,"minus":-0,"many":1e309';
  return group('amounts', [
    [
      '1e309 as a price',
      withNumbers('{"price":1e309}', 'Product Viewed'),
      '200 dead/invalid_amount',
    ],
    [
      '1e309 as revenue',
      withNumbers('{"revenue":1e309}', 'Order Completed'),
      '200 dead/invalid_amount',
    ],
    [
      '1e309, -0 and 2^53 + 1 as properties',
      withNumbers(`{${odd}}`, 'Level Up'),
      '200 counted/clean',
    ],
  ]);
}
