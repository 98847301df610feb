/** What the test sends: some commerce, names that mean harm, and what is refused. */

const track = <Part extends object>(part: Part) => ({
  type: 'track',
  anonymousId: 'ada',
  ...part,
});
const bag = { product_id: 'p1', category: 'Bags', brand: 'Fjell', price: 39.9, currency: 'USD' };
export const lamp = { ...bag, product_id: 'p2', category: 'Lamps' };
const order = { order_id: 'o-1', revenue: 1234.5, currency: 'USD', products: [bag] };
const context = {
  campaign: { source: 'news', medium: 'email', name: 'spring' },
  page: { url: 'https://shop.example/' },
};

export const commerce = [
  track({ event: 'Product Viewed', messageId: 'm-1', properties: bag, context }),
  track({ event: 'Product Added', messageId: 'm-2', properties: bag }),
  track({ event: 'Checkout Started', messageId: 'm-3', properties: order }),
  track({ event: 'Order Completed', messageId: 'm-4', properties: order }),
  track({ event: 'Product Viewed', messageId: 'm-5', anonymousId: 'bob', properties: bag }),
];

const rightToLeft = '\u202Eشراء الآن\u202E gnp.exe';

export const hostile = [
  '<script>document.title = "taken"</script><img src=x onerror=alert(1)>',
  rightToLeft,
  'VeryLongNameWithoutAnySpace'.repeat(30),
  '{{7*7}} =HYPERLINK("http://example.com")',
].map((event, nth) =>
  track({ event, messageId: `hostile-${nth}`, anonymousId: event.slice(0, 60) }),
);

export const refused = [
  track({
    event: 'Order Completed',
    messageId: 'bad-amount',
    properties: { order_id: 'o-2', revenue: '1,234.50', currency: 'USD' },
  }),
  { type: 'track', event: 'Order Completed', messageId: 'no-user' },
  track({ event: 'Order Completed', messageId: 'bad-time', timestamp: '2026-02-30T00:00:00Z' }),
];

const same = track({ event: 'Product Viewed', messageId: 'twice', properties: bag });
export const twice = [same, same];
