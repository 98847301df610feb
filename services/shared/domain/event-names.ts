import type { EventType } from './event';

/** Names of the Segment e-commerce spec (v2) and of GA4 for each type, written as letters and digits
 *  only. Names that are not here are `custom`, and keep their properties. */
const namesByType: Readonly<Partial<Record<EventType, readonly string[]>>> = {
  page_viewed: ['pageviewed', 'pageview'],
  product_list_viewed: ['productlistviewed', 'viewitemlist'],
  product_viewed: ['productviewed', 'viewitem'],
  product_clicked: ['productclicked', 'selectitem'],
  products_searched: ['productssearched', 'search', 'viewsearchresults'],
  promotion_clicked: ['promotionclicked', 'selectpromotion'],
  product_added: ['productadded', 'addtocart', 'wishlistproductaddedtocart'],
  product_removed: ['productremoved', 'removefromcart'],
  product_wishlisted: ['productwishlisted', 'productaddedtowishlist', 'addtowishlist'],
  checkout_started: ['checkoutstarted', 'begincheckout'],
  payment_info_entered: ['paymentinfoentered', 'addpaymentinfo'],
  order_completed: ['ordercompleted', 'purchase'],
  order_refunded: ['orderrefunded', 'refund'],
  order_cancelled: ['ordercancelled', 'ordercanceled'],
};

const types: ReadonlyMap<string, EventType> = new Map(
  Object.entries(namesByType).flatMap(([type, names]) =>
    names.map((name) => [name, type as EventType] as const),
  ),
);
const longest = Math.max(...[...types.keys()].map((name) => name.length));

/** The type a track call's name stands for, in any case, with spaces, underscores, hyphens or none:
 *  `Product Added`, `product_added` and `productAdded` are one name. */
export function typeOfName(name: string): EventType {
  // At most every second character is a separator in any spelling that is used.
  if (name.length > longest * 2) return 'custom';
  return types.get(name.toLowerCase().replace(/[\s_-]+/g, '')) ?? 'custom';
}
