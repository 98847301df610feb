import type { EventType, Item } from '../../../domain/event';
import type { TaggedEvent } from '../../../domain/interest';
import type { RawRow } from './query';

/** Columns of `events` that an event's tags are made of; `taggedEventOf` reads them. */
export const taggedColumns = `type, category, searchQuery, currency, channel, selfReferral,
       items.category AS itemCategories, items.brand AS itemBrands,
       items.priceMinor AS itemPrices`;

export function taggedEventOf(raw: RawRow): TaggedEvent {
  return {
    type: raw.type as EventType,
    category: textOrNull(raw.category),
    searchQuery: textOrNull(raw.searchQuery),
    currency: textOrNull(raw.currency),
    channel: { group: textOrNull(raw.channel), selfReferral: Number(raw.selfReferral) === 1 },
    items: itemsOf(raw),
  };
}

function itemsOf(raw: RawRow): readonly Item[] {
  const brands = raw.itemBrands as readonly string[];
  const prices = raw.itemPrices as readonly (string | number | null)[];
  return (raw.itemCategories as readonly string[]).map((category, at) => ({
    productId: null,
    sku: null,
    name: null,
    category: textOrNull(category),
    brand: textOrNull(brands[at]),
    priceMinor: prices[at] === null ? null : Number(prices[at]),
    quantity: null,
  }));
}

function textOrNull(value: unknown): string | null {
  return value === '' || value === undefined ? null : String(value);
}
