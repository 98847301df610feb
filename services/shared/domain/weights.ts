import { type EventType, eventTypes } from './event';

/** What one event of each type says about its user's interest in the tags it carries. */
export type WeightTable = Readonly<Record<EventType, number>>;

/** A step towards a purchase weighs more the further it goes; taking something out of the cart is
 *  evidence against. Refunds and cancellations say nothing about interest, custom events nothing
 *  that is known. Own judgement: there is no published table. */
const first: WeightTable = {
  page_viewed: 1,
  product_list_viewed: 1,
  product_viewed: 1,
  product_clicked: 2,
  promotion_clicked: 2,
  products_searched: 2,
  product_wishlisted: 4,
  product_added: 6,
  product_removed: -3,
  checkout_started: 7,
  payment_info_entered: 7,
  order_completed: 10,
  order_refunded: 0,
  order_cancelled: 0,
  custom: 0,
};

/** Version n is at index n − 1. Append only: a retraction subtracts what the version stamped on the
 *  original had added, however old that is. The claim store has room for version 15. */
const tables: readonly WeightTable[] = [first];

/** The version the cleaner stamps on events it sees for the first time. */
export const currentWeightsVersion = tables.length;

/** The weight table of a version; undefined for one that only later code knows. */
export function weightTable(version: number): WeightTable | undefined {
  return tables[version - 1];
}

/** The largest weight any table gives, for bounds. */
export const largestWeight = Math.max(
  ...tables.flatMap((table) => eventTypes.map((type) => Math.abs(table[type]))),
);
