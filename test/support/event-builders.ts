import type { CleanEvent, Event, EventChannel, Item } from '../../services/shared/domain/event';
import type { JudgedEvent } from '../../services/shared/domain/outcome';
import type { DecidedEvent } from '../../services/shared/domain/settle';
import { noOrderOutlier, type Tenant } from '../../services/shared/domain/tenant';

/** 2026-01-15T12:00:00Z: the moment at which the events of these builders happen. */
export const noon = Date.UTC(2026, 0, 15, 12);

export function anItem(part: Partial<Item> = {}): Item {
  const nothing = { productId: null, sku: null, name: null, category: null, brand: null };
  return { ...nothing, priceMinor: null, quantity: null, ...part };
}

export function aChannel(part: Partial<EventChannel> = {}): EventChannel {
  return {
    source: null,
    medium: null,
    campaign: null,
    term: null,
    content: null,
    clickId: null,
    referrer: null,
    url: null,
    group: null,
    selfReferral: false,
    ...part,
  };
}

export function aTenant(part: Partial<Tenant> = {}): Tenant {
  return {
    name: 'demo',
    writeKeyHashes: [],
    ownDomains: ['shop.example'],
    timeZone: 'UTC',
    currency: 'USD',
    sourceCategories: new Map(),
    allowedAgents: [],
    allowedAddresses: [],
    orderOutlier: noOrderOutlier,
    ...part,
  };
}

/** A product view of user `ann` as the collector writes it. */
export function anEvent(part: Partial<Event> = {}): CleanEvent {
  return {
    tenant: 'demo',
    messageId: 'm-1',
    messageIdMade: false,
    type: 'product_viewed',
    name: 'Product Viewed',
    anonymousId: 'ann',
    userId: null,
    deviceId: null,
    ip: '203.0.113.9',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    library: 'analytics.js',
    sessionId: null,
    originalAt: noon,
    sentAt: noon + 200,
    receivedAt: noon + 300,
    eventAt: noon,
    clock: 'healthy',
    contentHash: 'a1234567890abcdef1234567890abcde',
    category: null,
    searchQuery: null,
    items: [],
    shop: null,
    channel: aChannel(),
    currency: null,
    effect: null,
    properties: '{}',
    invalid: null,
    redriveOf: null,
    ...part,
  } as CleanEvent;
}

/** A counted event from offset 7 of partition 1 of the click topic. */
export function aJudgedEvent(part: Partial<DecidedEvent> = {}): DecidedEvent {
  return {
    source: { topic: 'events.click.v1', partition: 1, offset: 7 },
    appendedAt: noon + 320,
    outcome: 'counted',
    reason: 'clean',
    evidence: '',
    version: 0,
    firstCounted: true,
    weightsVersion: 1,
    heldBy: null,
    decision: null,
    event: { ...anEvent(), ip: null, userAgent: null },
    undecoded: null,
    ...part,
  };
}

/** A person's decision on the record `of`, at this offset of the review topic. */
export function aDecision(of: DecidedEvent, part: Partial<JudgedEvent> = {}): JudgedEvent {
  return {
    ...of,
    outcome: 'rejected',
    reason: 'retracted',
    version: 1,
    decision: { reviewer: 'rita', note: '', decidedAt: noon + 3_600_000, byPerson: true },
    ...part,
  };
}
