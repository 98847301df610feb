import type { CleanEvent, EventType } from '../../../services/shared/domain/event';
import type { JudgedEvent, Outcome } from '../../../services/shared/domain/outcome';
import { aChannel, aJudgedEvent, anEvent } from '../../support/event-builders';

/** 2026-03-02T00:00:00Z. */
export const monday = Date.UTC(2026, 2, 2);
const dayMs = 86_400_000;

const types: readonly EventType[] = [
  ...(['product_viewed', 'product_viewed', 'product_viewed', 'page_viewed'] as const),
  ...(['product_added', 'product_added', 'checkout_started', 'order_completed'] as const),
];
const groups = ['Email', 'Referral', 'Organic Search', 'Paid Search', 'Direct'];
const outcomes: readonly Outcome[] = ['counted', 'counted', 'counted', 'counted', 'held', 'bot'];

/**
 * Records of a small shop over four days: some users with session ids and some without, self-referrals,
 * orders that come twice or without an id, three currencies, and some records that do not count.
 * Times of events differ, so that their order is nobody's choice. The same seed gives the same shop.
 */
export function aRandomShop(seed: number, records: number): readonly JudgedEvent[] {
  const random = pseudoRandom(seed);
  const pick = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)] as T;
  return Array.from({ length: records }, (_, offset) => {
    const eventAt = monday + Math.floor(random() * 4 * dayMs - offset) + offset;
    const type = pick(types);
    const outcome = pick(outcomes);
    const event = anEvent({
      messageId: `m-${offset}`,
      type,
      name: type,
      anonymousId: pick(['ann', 'bob', 'cid', 'dot', 'eve', 'fay']),
      sessionId: random() < 0.5 ? null : pick(['s-1', 's-2', 's-3']),
      eventAt: eventAt - (eventAt % 1000) + (offset % 1000),
      ...{ originalAt: eventAt, receivedAt: eventAt + 300 },
      channel:
        random() < 0.5
          ? aChannel()
          : aChannel({ group: pick(groups), selfReferral: random() < 0.3 }),
      currency: type === 'order_completed' ? pick(['USD', 'USD', 'EUR', null]) : null,
      effect: type === 'order_completed' ? anEffect(pick(['o-1', 'o-2', null]), offset) : null,
      ip: null,
      userAgent: null,
    });
    return recordOf(event, outcome, offset);
  });
}

/** The events that count, for an oracle. */
export function countedOf(records: readonly JudgedEvent[]): readonly CleanEvent[] {
  return records.flatMap(({ outcome, event }) =>
    outcome === 'counted' && event !== null ? [event] : [],
  );
}

function recordOf(event: CleanEvent, outcome: Outcome, offset: number): JudgedEvent {
  const reason = { counted: 'clean', held: 'rule', bot: 'declared_bot' }[outcome as 'counted'];
  return {
    ...aJudgedEvent({ event }),
    source: { topic: 'events.import.v1', partition: offset % 2, offset: Math.floor(offset / 2) },
    appendedAt: Date.UTC(2026, 2, 10) + offset,
    outcome,
    reason: reason as 'clean',
    firstCounted: outcome === 'counted',
  };
}

function anEffect(orderId: string | null, offset: number) {
  const nothing = { taxMinor: null, shippingMinor: null, coupon: null };
  return { ...nothing, orderId, revenueMinor: 100 + offset };
}

/** mulberry32: small, and the same everywhere. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
