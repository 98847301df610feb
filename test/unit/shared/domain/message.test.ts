import { aChannel, noon } from '../../../support/event-builders';
import { eventFrom, map, tenant, track } from './messages';

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
