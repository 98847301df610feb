import { eventOf } from '../../../../services/shared/domain/message';
import type { Envelope } from '../../../../services/shared/domain/message-draft';
import { sha256Hex } from '../../../../services/shared/runtime/hash';
import { noon } from '../../../support/event-builders';

/** A message as SDKs send it. */
export const track = {
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

/** Whose messages they are. */
export const tenant = {
  name: 'demo',
  currency: 'USD',
  ownDomains: ['shop.example'],
  sourceCategories: new Map(),
};
const tools = { sha256Hex, randomId: () => 'random-id' };

function anEnvelope(part: Partial<Envelope> = {}): Envelope {
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

/** What a message becomes, received 300 ms after noon. */
export const map = (message: unknown, part: Partial<Envelope> = {}) =>
  eventOf(message, anEnvelope(part), tools);
export const eventFrom = (message: unknown, part: Partial<Envelope> = {}) =>
  map(message, part).event;
