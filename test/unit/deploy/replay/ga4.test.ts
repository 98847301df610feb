import { ga4Format } from '../../../../deploy/replay/ga4';

const names = [
  'event_date',
  'ts_us',
  'event_name',
  'user_pseudo_id',
  'ga_session_id',
  'ga_session_number',
  'page_location',
  'page_referrer',
  'source',
  'medium',
  'campaign',
  'term',
  'has_gclid',
  'transaction_id',
  'revenue_usd',
  'tax_usd',
  'coupon',
  'items',
] as const;
const reader = ga4Format.reader(names.join(','));

function row(fields: Partial<Record<(typeof names)[number], string>>): string {
  const all = {
    ts_us: '1608336001839999',
    event_name: 'page_view',
    user_pseudo_id: '1.2',
    ga_session_id: '77',
    ...fields,
  } as Partial<Record<string, string>>;
  return names
    .map((name) => all[name] ?? '')
    .map((text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
    .join(',');
}

function message(fields: Parameters<typeof row>[0]) {
  return JSON.parse(reader.message(row(fields)));
}

test('a row without anything special becomes a track call with its session', () => {
  expect(message({ page_location: 'https://shop.example/', ga_session_number: '3' })).toEqual({
    type: 'track',
    messageId: expect.stringMatching(/^[0-9a-f]{32}$/),
    event: 'page_view',
    anonymousId: '1.2',
    timestamp: '2020-12-19T00:00:01.839Z',
    context: { sessionId: '77', page: { url: 'https://shop.example/' } },
    properties: { session_number: '3' },
  });
});

test('the same line has the same id, another line another', () => {
  const [one, again, other] = [row({}), row({}), row({ ga_session_id: '78' })];
  const id = (line: string) => JSON.parse(reader.message(line)).messageId;
  expect(id(one)).toBe(id(again));
  expect(id(one)).not.toBe(id(other));
});

test('source or medium make a campaign; a referrer or a click id alone does not', () => {
  const traffic = { source: 'google', medium: 'organic', campaign: '(organic)', term: 'x' };
  expect(message(traffic).context.campaign).toEqual({
    source: 'google',
    medium: 'organic',
    name: '(organic)',
    term: 'x',
  });
  expect(message({ medium: 'organic' }).context.campaign).toEqual({ medium: 'organic' });
  const referred = message({ page_referrer: 'https://a.example/', has_gclid: '1' });
  expect(referred.context.campaign).toBeUndefined();
  expect(referred.properties).toEqual({ page_referrer: 'https://a.example/', has_gclid: true });
});

test('a purchase carries its order as it was exported', () => {
  const items =
    '[{"id":"9","name":"Tee, black","cat":"Apparel/","price":44.5,"qty":2},{"id":null}]';
  const { properties } = message({
    event_name: 'purchase',
    transaction_id: '(not set)',
    revenue_usd: '89.0',
    tax_usd: '3.5',
    coupon: 'c',
    items,
  });
  expect(properties).toEqual({
    currency: 'USD',
    order_id: '(not set)',
    revenue: 89,
    tax: 3.5,
    coupon: 'c',
    products: [
      { product_id: '9', name: 'Tee, black', category: 'Apparel/', price: 44.5, quantity: 2 },
      {},
    ],
  });
});

test('a cart carries products and no order, although the export fills in a transaction', () => {
  const items = '[{"id":"9","name":"Tee","cat":"","price":1,"qty":null}]';
  const { properties } = message({ event_name: 'add_to_cart', transaction_id: '(not set)', items });
  expect(properties).toEqual({
    currency: 'USD',
    products: [{ product_id: '9', name: 'Tee', price: 1 }],
  });
});

const shop = 'https://shop.googlemerchandisestore.com';
test.each([
  [`${shop}/Google+Redesign/Shop+by+Brand/YouTube`, 'Shop by Brand'],
  [`${shop}/Google+Redesign/Men%27s?x=1`, "Men's"],
  [`${shop}/Google+Redesign/50%+off`, '50% off'],
  [`${shop}/Google+Redesign/`, undefined],
  [`${shop}/Google+Redesign//Bags`, undefined],
  [`${shop}//Google+Redesign/Bags`, undefined],
  [`${shop}/google+redesign/bags`, undefined],
  ['https://elsewhere.example/Google+Redesign/Bags', undefined],
])('the category of a view of %s is %s', (page_location, category) => {
  expect(message({ page_location }).properties.category).toBe(category);
});

test('only page views have a page category', () => {
  const page_location = `${shop}/Google+Redesign/Bags`;
  expect(message({ event_name: 'scroll', page_location }).properties.category).toBeUndefined();
});

test('an amount that is no number is sent as it is, for the collector to refuse', () => {
  expect(message({ event_name: 'purchase', revenue_usd: 'free' }).properties.revenue).toBe('free');
});

test.each([
  ['too few fields', 'a,b'],
  ['no time', row({ ts_us: 'yesterday' })],
  ['items that are no JSON', row({ items: '[{' })],
])('a row with %s is not a message', (_fault, line) => {
  expect(() => reader.message(line)).toThrow();
});

test('a heading without a needed column names it', () => {
  expect(() => ga4Format.reader('ts_us,event_name')).toThrow(/user_pseudo_id, ga_session_id/);
});

test('the time of a row is its own, in milliseconds', () => {
  expect(reader.eventAt(row({}))).toBe(1608336001839.999);
});
