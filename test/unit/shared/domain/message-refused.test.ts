import fc from 'fast-check';
import { reasons } from '../../../../services/shared/domain/outcome';
import { noon } from '../../../support/event-builders';
import { eventFrom, map, track } from './messages';

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
      invalid: {
        reason: 'invalid_amount',
        message:
          "properties: price: 'x' is no decimal amount: send a number, or digits with a point",
      },
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
    expect(event.invalid).toEqual({
      reason: 'too_large',
      message: 'the event has more than 32768 bytes: send less of it',
    });
    expect(JSON.stringify(event).length).toBeLessThan(2000);
  });

  test('of a depth that would exhaust the stack is refused like any other', () => {
    const deep = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`);
    for (const part of [{ properties: { deep } }, { context: { deep } }, { groupId: deep }]) {
      expect(eventFrom({ ...track, ...part }).invalid).toEqual({
        reason: 'too_large',
        message: 'nested deeper than 64 levels: send it flatter',
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
