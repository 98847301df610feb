import type { ReviewedRecord, StoredRecord } from '../../services/shared/domain/stored-record';
import { noon } from './event-builders';

/** A counted product view of user `ann`, as the events table has it. */
export function aStoredRecord(part: Partial<StoredRecord> = {}): StoredRecord {
  return {
    tenant: 'demo',
    source: { topic: 'events.click.v1', partition: 1, offset: 7 },
    version: 0,
    outcome: 'counted',
    reason: 'clean',
    evidence: '',
    heldBy: '',
    messageId: 'm-1',
    contentHash: 'a1234567890abcdef1234567890abcde',
    type: 'product_viewed',
    name: 'Product Viewed',
    anonymousId: 'ann',
    userId: '',
    userHash: '42',
    sessionId: '',
    orderKey: '',
    weightsVersion: 1,
    originalAt: noon,
    sentAt: noon + 200,
    receivedAt: noon + 300,
    appendedAt: noon + 320,
    eventAt: noon,
    clock: 'healthy',
    category: null,
    searchQuery: null,
    currency: null,
    channel: { group: null, selfReferral: false },
    items: [],
    ...part,
  };
}

/** The same with its bytes, of which there are none: nobody reads them then. */
export function aRecordWithBytes(part: Partial<ReviewedRecord> = {}): ReviewedRecord {
  const none = { shop: '', orderId: '', revenueMinor: null, record: Buffer.alloc(0) };
  return { ...aStoredRecord(), ...none, ...part };
}
