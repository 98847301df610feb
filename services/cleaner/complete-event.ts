import { withDerived } from '../shared/domain/derived';
import {
  type CleanEvent,
  type Clock,
  clocks,
  type Event,
  eventTypes,
} from '../shared/domain/event';
import { coordinatesText } from '../shared/domain/event-row';
import { futureMs } from '../shared/domain/event-time';
import type { Tenant } from '../shared/domain/tenant';
import { sha256Hex } from '../shared/runtime/hash';
import type { SourceRecord } from '../shared/runtime/stage';

/** A receipt further than this from the record's append time was no receipt of this record. */
const receiptWithinMs = 7 * 86_400_000;

/** The event with everything that is derived. The collector's come back as they are. Other producers
 *  may leave out what is derived, and what they filled in is dropped, and derived like the rest,
 *  where it cannot be true: rows are kept by month of receipt and weights grow with event time, so
 *  one wrong year would hurt every reader. Pure: the same record is completed alike each time. */
export function completeEvent(event: Event, record: SourceRecord, tenant: Tenant): CleanEvent {
  const receivedAt = plausibleReceipt(event.receivedAt, record.appendedAt);
  const eventAt = plausibleEventAt(event.eventAt, receivedAt ?? record.appendedAt);
  const isClock = eventAt !== null && clocks.includes(event.clock as Clock);
  const completed = withDerived(
    {
      ...event,
      type: eventTypes.includes(event.type) ? event.type : 'custom',
      anonymousId: event.anonymousId || null,
      userId: event.userId || null,
      receivedAt,
      eventAt,
      clock: isClock ? event.clock : null,
      contentHash: /^[a-z][0-9a-f]{31}$/.test(event.contentHash ?? '') ? event.contentHash : null,
    },
    record.appendedAt,
    { tenant, sha256Hex },
  );
  const priced = withCurrency(completed, tenant);
  return event.messageId === '' ? withMessageId(priced, record) : priced;
}

/** Amounts without a currency are the tenant's, as they are in the collector. After the content hash:
 *  that is of what the producer said. */
function withCurrency(event: CleanEvent, { currency }: Tenant): CleanEvent {
  if (event.currency !== null || !hasAmounts(event)) return event;
  return { ...event, currency };
}

function hasAmounts({ effect, items }: CleanEvent): boolean {
  const { revenueMinor = null, taxMinor = null, shippingMinor = null } = effect ?? {};
  const amounts = [revenueMinor, taxMinor, shippingMinor];
  return [...amounts, ...items.map(({ priceMinor }) => priceMinor)].some((one) => one !== null);
}

function plausibleReceipt(receivedAt: number | null, appendedAt: number): number | null {
  if (receivedAt === null || Math.abs(appendedAt - receivedAt) > receiptWithinMs) return null;
  return receivedAt;
}

function plausibleEventAt(eventAt: number | null, receivedAt: number): number | null {
  if (eventAt === null || eventAt < 0 || eventAt > receivedAt + futureMs) return null;
  return eventAt;
}

/** With a client time the content identifies the message, as it does in the collector; without one
 *  only the record itself is known not to be another: that which it was first, where it is sent again. */
function withMessageId(event: CleanEvent, record: SourceRecord): CleanEvent {
  const { originalAt, contentHash, redriveOf } = event;
  const made = originalAt === null ? redriveOf || coordinatesText(record) : contentHash;
  return { ...event, messageId: made, messageIdMade: true };
}
