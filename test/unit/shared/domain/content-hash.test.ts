import fc from 'fast-check';
import {
  contentHash,
  eventContent,
  messageContent,
} from '../../../../services/shared/domain/content-hash';
import type { JsonObject } from '../../../../services/shared/domain/json';
import { sha256Hex } from '../../../../services/shared/runtime/hash';
import { aChannel, anEvent } from '../../../support/event-builders';

const hash = (message: JsonObject, call = 'track') =>
  contentHash(messageContent(message, call).text, sha256Hex);

const message = {
  type: 'track',
  event: 'Product Added',
  anonymousId: 'ann',
  messageId: 'm-1',
  timestamp: '2026-01-15T12:00:00Z',
  sentAt: '2026-01-15T12:00:01Z',
  context: { ip: '203.0.113.9', library: { name: 'analytics.js' } },
  properties: { product_id: 'p1', price: 44.1 },
  integrations: { All: true },
};

test('a hash is its version and 124 bits of SHA-256', () => {
  expect(contentHash('', sha256Hex)).toBe('ae3b0c44298fc1c149afbf4c8996fb92');
});

test.each<[string, JsonObject]>([
  ['another time of sending', { sentAt: '2026-01-15T12:05:00Z' }],
  ['a time of receipt', { receivedAt: '2026-01-15T12:05:00Z' }],
  ['another address', { context: { library: { name: 'analytics.js' } } }],
  ['other integrations', { integrations: undefined }],
  ['metadata of the transport', { _metadata: { retryCount: 2 } }],
  ['a write key', { writeKey: 'key' }],
  ['another spelling of the call', { type: undefined }],
  ['another order of keys', { properties: { price: 44.1, product_id: 'p1' } }],
])('%s changes nothing', (_name, change) => {
  expect(hash({ ...message, ...change })).toBe(hash(message));
});

test.each<[string, JsonObject]>([
  ['another property', { properties: { product_id: 'p2', price: 44.1 } }],
  ['a number that became text', { properties: { product_id: 'p1', price: '44.1' } }],
  ['another time', { timestamp: '2026-01-15T12:00:01Z' }],
  ['another user', { anonymousId: 'bob' }],
  ['another library', { context: { library: { name: 'analytics-node' } } }],
])('%s is another event', (_name, change) => {
  expect(hash({ ...message, ...change })).not.toBe(hash(message));
});

test('a timestamp beside an original one is derived, and left out', () => {
  const archived = (timestamp: string) =>
    hash({ ...message, originalTimestamp: '2026-01-15T12:00:00Z', timestamp });
  expect(archived('2026-01-15T12:00:00.200Z')).toBe(archived('2026-01-15T12:00:00.900Z'));
});

test('the call counts', () => {
  expect(hash(message, 'page')).not.toBe(hash(message, 'track'));
});

test('text that UTF-8 cannot hold is hashed as it is stored', () => {
  const withText = (text: string) => hash({ ...message, event: text });
  expect(withText('half \ud83d')).toBe(withText('half \ufffd'));
});

test('different JSON has different content', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const same =
        messageContent({ v: a }, 'track').text === messageContent({ v: b }, 'track').text;
      expect(same).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
    }),
    {
      numRuns: 1000,
      examples: [
        [{}, []],
        [{ a: 1 }, [['a', 1]]],
      ],
    },
  );
});

test('properties, or the traits of identify and group, come along in canonical form', () => {
  expect(messageContent(message, 'track').properties).toBe('{"price":44.1,"product_id":"p1"}');
  expect(messageContent({ traits: { b: 1, a: 2 } }, 'identify').properties).toBe('{"a":2,"b":1}');
  expect(messageContent({ traits: { b: 1 } }, 'track').properties).toBe('{}');
  expect(messageContent({ properties: 'text' }, 'track').properties).toBe('{}');
});

test('the content of another producer’s event leaves out what is derived and how it came', () => {
  const event = anEvent();
  const later = anEvent({
    receivedAt: 1,
    sentAt: 2,
    eventAt: 3,
    clock: 'shifted',
    ip: null,
    contentHash: null,
    redriveOf: 'x',
    channel: aChannel({ group: 'Direct', selfReferral: true }),
  });
  expect(eventContent(later).text).toBe(eventContent(event).text);
  expect(eventContent(anEvent({ name: 'other' })).text).not.toBe(eventContent(event).text);
});

/** The value with the entries of its objects in order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return { object: entries.map(([key, member]) => [key, sorted(member)]) };
}
