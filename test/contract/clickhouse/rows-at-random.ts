import type { EventRow } from '../../../services/shared/domain/event-row';
import { aChannel, noon } from '../../support/event-builders';
import { aRow, topic } from './ledger-worlds';

const minute = 60_000;
const types = ['product_viewed', 'product_viewed', 'product_added', 'checkout_started'] as const;
const moreTypes = [...types, 'order_completed', 'order_completed', 'page_viewed'] as const;

export type Random = () => number;

export function pseudoRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One of these. */
export function pick<T>(random: Random, some: readonly T[]): T {
  return some[Math.floor(random() * some.length)] as T;
}

/** Rows of few users, sessions and orders within so many days, so that they meddle with each other;
 *  of few partitions, over more offsets and hours than one range of facts takes in. */
export function rowsAtRandom(random: Random, count: number, days: number): readonly EventRow[] {
  const one = <T>(some: readonly T[]): T => pick(random, some);
  return Array.from({ length: count }, (_, nth) => {
    const type = one(moreTypes);
    const revenueMinor = Math.floor(random() * 1000);
    const effect = { revenueMinor, taxMinor: null, shippingMinor: null, coupon: null };
    return aRow(
      noon + Math.floor(random() * days * 1440) * minute,
      {
        tenant: one(['demo', 'demo', 'tokyo']),
        anonymousId: one(['ann', 'bob', 'cid']),
        sessionId: one([null, null, 's-1', 's-2']),
        type,
        channel: aChannel({
          group: one([null, null, 'Email', 'Referral', 'Paid Search']),
          campaign: one([null, 'spring']),
          selfReferral: random() < 0.2,
        }),
        currency: one(['USD', 'EUR']),
        effect:
          type === 'order_completed' ? { ...effect, orderId: one(['o-1', 'o-2', null]) } : null,
      },
      {
        outcome: one(['counted', 'counted', 'counted', 'held', 'bot']),
        source: { topic, partition: one([0, 1, 2]), offset: nth * 7000 },
        appendedAt: noon + Math.floor(random() * 240) * minute,
      },
    );
  });
}
