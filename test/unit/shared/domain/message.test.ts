import fc from 'fast-check';
import { eventOf } from '../../../../services/shared/domain/message';
import type { Envelope } from '../../../../services/shared/domain/message-draft';
import { reasons } from '../../../../services/shared/domain/outcome';
import { sha256Hex } from '../../../../services/shared/runtime/hash';
import { aChannel, noon } from '../../../support/event-builders';
import { describeWithData } from '../../../support/real-data';

const tenant = {
  name: 'demo',
  currency: 'USD',
  ownDomains: ['shop.example'],
  sourceCategories: new Map(),
};
const tools = { sha256Hex, randomId: () => 'random-id' };

function envelope(part: Partial<Envelope> = {}): Envelope {
  return {
    tenant,
    call: null,
    receivedAt: noon + 300,
    sentAt: undefined,
    imported: false,
    browser: null,
    maxBytes: 32_768,
    ...part,
  };
}

const map = (message: unknown, part: Partial<Envelope> = {}) =>
  eventOf(message, envelope(part), tools);
const eventFrom = (message: unknown, part: Partial<Envelope> = {}) => map(message, part).event;

const track = {
  type: 'track',
  event: 'Product Added',
  anonymousId: 'ann',
  userId: 'u-1',
  messageId: 'm-1',
  timestamp: '2026-01-15T12:00:00.000Z',
  context: {
    ip: '203.0.113.9',
    userAgent: 'Mozilla/5.0',
    library: { name: 'analytics.js', version: '2' },
    device: { id: 'd-1' },
    sessionId: 77,
    campaign: { source: 'google', medium: 'cpc', name: 'winter' },
    page: { url: 'https://shop.example/p1' },
  },
  properties: { product_id: 'p1', category: 'Hats', price: 44.1, currency: 'EUR', z: 1, a: 2 },
};

describe('a sound message', () => {
  test('becomes one event with every field from its place', () => {
    expect(map(track)).toEqual({
      call: 'track',
      event: {
        tenant: 'demo',
        messageId: 'm-1',
        messageIdMade: false,
        type: 'product_added',
        name: 'Product Added',
        anonymousId: 'ann',
        userId: 'u-1',
        deviceId: 'd-1',
        ip: '203.0.113.9',
        userAgent: 'Mozilla/5.0',
        library: 'analytics.js',
        sessionId: '77',
        originalAt: noon,
        sentAt: null,
        receivedAt: noon + 300,
        eventAt: noon,
        clock: 'as_sent',
        contentHash: expect.stringMatching(/^a[0-9a-f]{31}$/),
        category: null,
        searchQuery: null,
        items: [
          {
            productId: 'p1',
            sku: null,
            name: null,
            category: 'Hats',
            brand: null,
            priceMinor: 4410,
            quantity: null,
          },
        ],
        shop: null,
        channel: aChannel({
          source: 'google',
          medium: 'cpc',
          campaign: 'winter',
          url: 'https://shop.example/p1',
          group: 'Paid Search',
        }),
        currency: 'EUR',
        effect: null,
        properties:
          '{"a":2,"category":"Hats","currency":"EUR","price":44.1,"product_id":"p1","z":1}',
        invalid: null,
        redriveOf: null,
      },
    });
  });

  test.each([
    ['page', { name: 'Home', properties: { category: 'Docs' } }, 'page_viewed', 'Home', 'Docs'],
    ['page', { category: 'Docs' }, 'page_viewed', 'page', 'Docs'],
    ['screen', {}, 'page_viewed', 'screen', null],
    ['identify', { traits: { plan: 'pro' } }, 'custom', 'identify', null],
    [
      'track',
      { event: 'page_view', properties: { category: 'A' } },
      'page_viewed',
      'page_view',
      'A',
    ],
    [
      'track',
      { event: 'Product List Viewed', properties: { category: 'A' } },
      'product_list_viewed',
      'Product List Viewed',
      'A',
    ],
    [
      'track',
      { event: 'Sofa Tested', properties: { category: 'A' } },
      'custom',
      'Sofa Tested',
      null,
    ],
  ])('a %s call %p is %s, named %s, of category %s', (type, part, expected, name, category) => {
    const { event } = map({ type, userId: 'u', messageId: 'm', ...part });
    expect([event.type, event.name, event.category]).toEqual([expected, name, category]);
    expect(event.invalid).toBeNull();
  });

  test('the path names the call, whatever the message says', () => {
    expect(map({ ...track, type: 'screen' }, { call: 'track' }).call).toBe('track');
    expect(map({ ...track, type: undefined }, { call: 'page' }).event.type).toBe('page_viewed');
    expect(map({ ...track, type: 'TRACK' }).call).toBe('track');
  });

  test('identify, alias and group keep what they say in their properties', () => {
    const said = (message: object) =>
      eventFrom({ userId: 'u', messageId: 'm', ...message }).properties;
    expect(said({ type: 'identify', traits: { b: 1, a: 2 } })).toBe('{"a":2,"b":1}');
    expect(said({ type: 'alias', previousId: 'old' })).toBe('{"previousId":"old"}');
    expect(said({ type: 'group', groupId: 'g', traits: { a: 1 } })).toBe(
      '{"groupId":"g","traits":{"a":1}}',
    );
    expect(said({ type: 'group' })).toBe('{"groupId":null,"traits":{}}');
  });

  test.each([
    [{ query: 'blue roses' }, 'blue roses'],
    [{ search_term: 'hats' }, 'hats'],
    [{}, null],
  ])('the query of %p is %p', (properties, query) => {
    expect(eventFrom({ ...track, event: 'search', properties }).searchQuery).toBe(query);
  });

  test('address and agent of a browser stand in where the context has none', () => {
    const browser = { ip: '198.51.100.7', userAgent: 'Firefox' };
    const { ip, userAgent } = eventFrom({ ...track, context: {} }, { browser });
    expect({ ip, userAgent }).toEqual(browser);
    expect(eventFrom(track, { browser }).ip).toBe('203.0.113.9');
    expect(eventFrom({ ...track, context: {} }).ip).toBeNull();
  });
});

describe('times', () => {
  test('the request’s time of sending goes before the message’s', () => {
    const sent = { ...track, sentAt: '2026-01-15T11:00:00Z' };
    expect(eventFrom(sent, { sentAt: '2026-01-15T12:00:00.200Z' })).toMatchObject({
      sentAt: noon + 200,
      eventAt: noon,
      clock: 'healthy',
    });
    expect(eventFrom(sent)).toMatchObject({ eventAt: noon + 3_600_300, clock: 'shifted' });
  });

  test('an import is taken as it is', () => {
    const sent = { ...track, sentAt: '2020-01-01T00:00:00Z' };
    expect(eventFrom(sent, { imported: true, sentAt: '2020-01-01T00:00:00Z' })).toMatchObject({
      sentAt: null,
      eventAt: noon,
      clock: 'as_sent',
    });
  });

  test('originalTimestamp goes before timestamp', () => {
    const both = { ...track, originalTimestamp: '2026-01-15T11:59:00Z' };
    expect(eventFrom(both).originalAt).toBe(noon - 60_000);
  });

  test('a time of sending that cannot be read is none', () => {
    expect(eventFrom({ ...track, sentAt: 'now' })).toMatchObject({
      clock: 'as_sent',
      invalid: null,
    });
  });

  test('no time stamp is the time of receipt', () => {
    const { timestamp: _timestamp, ...timeless } = track;
    expect(eventFrom(timeless)).toMatchObject({
      originalAt: null,
      eventAt: noon + 300,
      clock: 'absent',
    });
  });
});

describe('message ids', () => {
  const { messageId: _messageId, ...nameless } = track;

  test('a missing one is made of the content, so the same message gets it again', () => {
    const first = eventFrom({ ...nameless, sentAt: '2026-01-15T12:00:01Z' });
    const again = eventFrom({ ...nameless, sentAt: '2026-01-15T12:09:00Z' });
    expect(first.messageIdMade).toBe(true);
    expect(first.messageId).toMatch(/^[0-9a-f]{32}$/);
    expect(again.messageId).toBe(first.messageId);
  });

  test('another time, content or tenant makes another', () => {
    const ids = [
      eventFrom(nameless),
      eventFrom({ ...nameless, timestamp: '2026-01-15T12:00:01Z' }),
      eventFrom({ ...nameless, properties: {} }),
      eventFrom(nameless, { tenant: { ...tenant, name: 'other' } }),
    ].map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(4);
  });

  test('without a time stamp it is random', () => {
    const { timestamp: _timestamp, ...timeless } = nameless;
    expect(eventFrom(timeless)).toMatchObject({ messageId: 'random-id', messageIdMade: true });
  });
});

describe('a message that cannot be an event', () => {
  const long = 'x'.repeat(257);
  test.each<[string, unknown, string]>([
    ['null', null, 'not_an_object'],
    ['a number', 7, 'not_an_object'],
    ['an array', [track], 'not_an_object'],
    ['properties that are none', { ...track, properties: 'x' }, 'not_an_object'],
    ['a context that is none', { ...track, context: [] }, 'not_an_object'],
    ['no type', { ...track, type: undefined }, 'unknown_call'],
    ['an unknown type', { ...track, type: 'delete' }, 'unknown_call'],
    ['a type from the prototype', { ...track, type: 'constructor' }, 'unknown_call'],
    ['nobody', { ...track, anonymousId: null, userId: '' }, 'no_user'],
    ['ids of another type', { ...track, anonymousId: {}, userId: true }, 'no_user'],
    ['a long id', { ...track, userId: long }, 'id_too_long'],
    ['a long message id', { ...track, messageId: long }, 'id_too_long'],
    ['a long device id', { ...track, context: { device: { id: long } } }, 'id_too_long'],
    ['no name', { ...track, event: undefined }, 'no_event_name'],
    ['a name that is none', { ...track, event: {} }, 'no_event_name'],
    ['a time that is none', { ...track, timestamp: '2026-02-30T00:00:00Z' }, 'invalid_timestamp'],
    ['an amount', { ...track, properties: { product_id: 'p', price: 'x' } }, 'invalid_amount'],
    ['a currency', { ...track, properties: { currency: 'x' } }, 'invalid_currency'],
    ['products', { ...track, properties: { products: 5 } }, 'invalid_items'],
    ['too much', { ...track, properties: { text: 'x'.repeat(40_000) } }, 'too_large'],
  ])('%s', (_name, message, reason) => {
    const { event } = map(message);
    expect(event.invalid?.reason).toBe(reason);
    expect(event).toMatchObject({
      tenant: 'demo',
      receivedAt: noon + 300,
      items: [],
      effect: null,
    });
    expect(event.eventAt).not.toBeNull();
    expect(event.messageId).not.toBe('');
  });

  test('keeps its keys, times and properties, so that it can be mended', () => {
    const event = eventFrom({ ...track, properties: { product_id: 'p1', price: 'x' } });
    expect(event).toMatchObject({
      messageId: 'm-1',
      type: 'product_added',
      name: 'Product Added',
      anonymousId: 'ann',
      eventAt: noon,
      properties: '{"price":"x","product_id":"p1"}',
      invalid: { reason: 'invalid_amount', message: "properties: price: 'x' is no decimal amount" },
    });
  });

  test('is small, however large the message was', () => {
    const huge = 'x'.repeat(300_000);
    const event = eventFrom({
      ...track,
      event: huge,
      context: { library: huge },
      properties: { huge },
    });
    expect(event.invalid).toEqual({ reason: 'too_large', message: 'more than 32768 bytes' });
    expect(JSON.stringify(event).length).toBeLessThan(2000);
  });

  test('of a depth that would exhaust the stack is refused like any other', () => {
    const deep = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`);
    for (const part of [{ properties: { deep } }, { context: { deep } }, { groupId: deep }]) {
      expect(eventFrom({ ...track, ...part }).invalid).toEqual({
        reason: 'too_large',
        message: 'nested deeper than 64 levels',
      });
    }
    expect(eventFrom(deep).invalid?.reason).toBe('not_an_object');
  });

  test('the size counts UTF-8 bytes of the content, not what the transport added', () => {
    const ofBytes = (bytes: number) => ({ ...track, properties: { t: 'é'.repeat(bytes / 2) } });
    expect(eventFrom(ofBytes(32_000)).invalid).toBeNull();
    expect(eventFrom(ofBytes(33_000)).invalid?.reason).toBe('too_large');
    const integrations = { All: 'x'.repeat(40_000) };
    expect(eventFrom({ ...track, integrations }).invalid).toBeNull();
  });
});

describe('hostile messages', () => {
  test('a __proto__ key is text, and nothing inherits from it', () => {
    const text = `{"type":"track","event":"x","userId":"u","messageId":"m","__proto__":{"anonymousId":"evil"},
      "context":{"__proto__":{"ip":"evil"}},"properties":{"__proto__":{"polluted":true},"constructor":{}}}`;
    const event = eventFrom(JSON.parse(text));
    expect(event).toMatchObject({ anonymousId: null, ip: null, invalid: null });
    expect(event.properties).toBe('{"__proto__":{"polluted":true},"constructor":{}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('half surrogates are replaced everywhere', () => {
    const half = '\ud83d';
    const event = eventFrom({
      ...track,
      event: half,
      anonymousId: half,
      context: { campaign: { source: half } },
      properties: { [half]: half },
    });
    const text = JSON.stringify([event.name, event.anonymousId, event.channel.source]);
    expect(text).toBe('["\ufffd","\ufffd","\ufffd"]');
    expect(event.properties).toBe('{"\ufffd":"\ufffd"}');
  });

  test('nothing makes the mapping fail, and what it makes is complete', () => {
    const known: ReadonlySet<string> = new Set(reasons.dead);
    const field = fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.constant(undefined));
    const keys = Object.keys(track) as readonly (keyof typeof track)[];
    const broken = fc.record(
      Object.fromEntries(keys.map((key) => [key, fc.oneof(fc.constant(track[key]), field)])),
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), broken), (message) => {
        const { event } = map(message);
        if (event.invalid !== null) expect(known.has(event.invalid.reason)).toBe(true);
        for (const value of Object.values(event)) expect(value).not.toBeUndefined();
        expect(Number.isSafeInteger(event.eventAt)).toBe(true);
        expect(() => JSON.parse(event.properties)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

describeWithData('sdk/segment_ecommerce_v2_events.json', (file) => {
  const examples = JSON.parse(file.text()) as readonly { event: string }[];
  const landed = new Map(
    examples.map((example, index) => [
      example.event,
      eventFrom({ ...example, anonymousId: 'ann', messageId: `m-${index}` }),
    ]),
  );

  test('every example is accepted', () => {
    expect(examples).toHaveLength(25);
    expect([...landed.values()].filter(({ invalid }) => invalid !== null)).toEqual([]);
  });

  test('and has the type the spec gives it', () => {
    expect(Object.fromEntries([...landed].map(([name, { type }]) => [name, type]))).toMatchObject({
      'Products Searched': 'products_searched',
      'Product List Viewed': 'product_list_viewed',
      'Promotion Clicked': 'promotion_clicked',
      'Product Clicked': 'product_clicked',
      'Product Viewed': 'product_viewed',
      'Product Added': 'product_added',
      'Product Removed': 'product_removed',
      'Checkout Started': 'checkout_started',
      'Payment Info Entered': 'payment_info_entered',
      'Order Completed': 'order_completed',
      'Order Refunded': 'order_refunded',
      'Order Cancelled': 'order_cancelled',
      'Product Added to Wishlist': 'product_wishlisted',
      'Wishlist Product Added to Cart': 'product_added',
      'Cart Viewed': 'custom',
      'Product Removed from Wishlist': 'custom',
      'Promotion Viewed': 'custom',
      'Order Updated': 'custom',
      'Product Reviewed': 'custom',
    });
  });

  test('the order has its products and its money', () => {
    const order = landed.get('Order Completed');
    expect(order).toMatchObject({ currency: 'USD', shop: 'Google Store' });
    expect(order?.effect).toEqual({
      orderId: '50314b8e9bcf000000000000',
      revenueMinor: 2250,
      taxMinor: 200,
      shippingMinor: 300,
      coupon: 'hasbros',
    });
    expect(order?.items.map(({ priceMinor, quantity }) => [priceMinor, quantity])).toEqual([
      [1900, 1],
      [300, 2],
    ]);
    expect(landed.get('Order Refunded')?.effect?.revenueMinor).toBe(3000);
  });
});

describeWithData('sdk/segment_spec_payloads.json', (file) => {
  const payloads = (JSON.parse(file.text()) as readonly { file: string; payload: object }[]).filter(
    ({ payload }) => 'type' in payload,
  );

  test.each(payloads.map(({ payload }, index) => [index, payload] as const))(
    '%i',
    (_i, payload) => {
      const event = eventFrom({ anonymousId: 'ann', ...payload }, { imported: true });
      expect(event.invalid).toBeNull();
    },
  );
});
