import type { EventType, Item } from './event';
import { isObject, type JsonObject, kindOf, textAt } from './json';
import { toMinor } from './money';
import type { Refusal } from './refusal';

export type Items =
  | { readonly ok: true; readonly items: readonly Item[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** Types whose own properties describe one product, in the Segment spec. */
const singleProduct: ReadonlySet<EventType> = new Set([
  'product_viewed',
  'product_clicked',
  'product_added',
  'product_removed',
  'product_wishlisted',
]);

/** The products of an event: the array `products` (Segment) or `items` (GA4), or else the properties
 *  themselves where the type is about one product. Prices are minor units at `exponent`. */
export function itemsOf(type: EventType, properties: JsonObject, exponent: number): Items {
  const list = properties.products ?? properties.items;
  if (list !== undefined && list !== null) return listed(list, exponent);
  if (!singleProduct.has(type)) return { ok: true, items: [] };
  const single = itemOf(properties, 'properties', exponent);
  if (!single.ok) return single;
  const named = single.items.filter((item) => item.productId ?? item.sku ?? item.name);
  return { ok: true, items: named };
}

function listed(list: unknown, exponent: number): Items {
  if (!Array.isArray(list)) return refused(`products is ${kindOf(list)} instead of an array`);
  const items: Item[] = [];
  for (const [index, entry] of list.entries()) {
    if (!isObject(entry)) return refused(`product ${index} is ${kindOf(entry)}`);
    const read = itemOf(entry, `product ${index}`, exponent);
    if (!read.ok) return read;
    items.push(...read.items);
  }
  return { ok: true, items };
}

function itemOf(product: JsonObject, where: string, exponent: number): Items {
  const price = toMinor(product.price, exponent);
  if (!price.ok) {
    return {
      ok: false,
      refusal: { reason: 'invalid_amount', message: `${where}: price: ${price.fault}` },
    };
  }
  const quantity = quantityOf(product.quantity);
  if (quantity === undefined) return refused(`${where}: quantity is no finite number`);
  const item = {
    productId: textAt(product, 'product_id', 'productId', 'item_id', 'id'),
    sku: textAt(product, 'sku'),
    name: textAt(product, 'name', 'item_name'),
    category: textAt(product, 'category', 'item_category'),
    brand: textAt(product, 'brand', 'item_brand'),
    priceMinor: price.minor,
    quantity,
  };
  return { ok: true, items: [item] };
}

/** Undefined: what was sent is no number. */
function quantityOf(value: unknown): number | null | undefined {
  if (value === null || value === undefined) return null;
  const text = typeof value === 'string' ? value.trim() : value;
  const quantity = typeof text === 'string' && text !== '' ? Number(text) : text;
  return typeof quantity === 'number' && Number.isFinite(quantity) ? quantity : undefined;
}

function refused(message: string): Items {
  return { ok: false, refusal: { reason: 'invalid_items', message } };
}
