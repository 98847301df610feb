import { currencyOf, exponentOf } from './currencies';
import type { Effect, EventType, Item } from './event';
import { itemsOf } from './items';
import { type JsonObject, textAt } from './json';
import { toMinor } from './money';
import type { Refusal } from './refusal';

/** The products and the money of an event. */
export interface Commerce {
  readonly currency: string | null;
  readonly items: readonly Item[];
  readonly shop: string | null;
  readonly effect: Effect | null;
}

export type CommerceResult =
  | { readonly ok: true; readonly commerce: Commerce }
  | { readonly ok: false; readonly refusal: Refusal };

/** Reads the e-commerce properties of an event. Custom events and page views have none: whatever
 *  theirs are called, nobody has said what they mean. Amounts are in `properties.currency`, or the
 *  tenant's. A currency or an amount that cannot be read refuses the event. */
export function commerceOf(
  type: EventType,
  properties: JsonObject,
  tenantCurrency: string,
): CommerceResult {
  if (type === 'custom' || type === 'page_viewed') return { ok: true, commerce: noCommerce };
  const named = properties.currency ?? tenantCurrency;
  const currency = currencyOf(named);
  if (currency === null) {
    const message = `currency ${shown(named)} is not in ISO 4217`;
    return { ok: false, refusal: { reason: 'invalid_currency', message } };
  }
  const exponent = exponentOf(currency);
  const items = itemsOf(type, properties, exponent);
  if (!items.ok) return items;
  const effect = purchases.has(type) ? effectOf(properties, exponent) : noEffect;
  if (!effect.ok) return effect;
  const shop = textAt(properties, 'affiliation');
  return { ok: true, commerce: { currency, items: items.items, shop, effect: effect.effect } };
}

const noCommerce: Commerce = { currency: null, items: [], shop: null, effect: null };

type EffectResult =
  | { readonly ok: true; readonly effect: Effect | null }
  | { readonly ok: false; readonly refusal: Refusal };

const noEffect: EffectResult = { ok: true, effect: null };
const purchases: ReadonlySet<EventType> = new Set([
  'checkout_started',
  'payment_info_entered',
  'order_completed',
  'order_refunded',
  'order_cancelled',
]);

/** The revenue of an order is `revenue` (Segment: without shipping and tax), or else `total`
 *  (Segment: with them), or else `value` (GA4). */
function effectOf(properties: JsonObject, exponent: number): EffectResult {
  const sent = {
    revenue: properties.revenue ?? properties.total ?? properties.value,
    tax: properties.tax,
    shipping: properties.shipping,
  };
  const revenue = toMinor(sent.revenue, exponent);
  const tax = toMinor(sent.tax, exponent);
  const shipping = toMinor(sent.shipping, exponent);
  if (!revenue.ok) return refusedAmount('revenue', revenue.fault);
  if (!tax.ok) return refusedAmount('tax', tax.fault);
  if (!shipping.ok) return refusedAmount('shipping', shipping.fault);
  return {
    ok: true,
    effect: {
      orderId: textAt(properties, 'order_id', 'orderId', 'transaction_id'),
      revenueMinor: revenue.minor,
      taxMinor: tax.minor,
      shippingMinor: shipping.minor,
      coupon: textAt(properties, 'coupon'),
    },
  };
}

function refusedAmount(name: string, fault: string): EffectResult {
  return { ok: false, refusal: { reason: 'invalid_amount', message: `${name}: ${fault}` } };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value.slice(0, 40)}'` : `of type ${typeof value}`;
}
