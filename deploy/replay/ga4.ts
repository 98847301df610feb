import { csvFields } from './csv-row';
import type { Format, LineReader } from './format';
import { lineId } from './line-id';

/** A GA4 export as CSV, one event a line; README.md says what becomes of each column. */
export const ga4Format: Format = { heading: true, reader: ga4Reader };

const required = [
  'ts_us',
  'event_name',
  'user_pseudo_id',
  'ga_session_id',
  'page_location',
  'source',
  'medium',
  'campaign',
  'transaction_id',
  'revenue_usd',
  'items',
] as const;

const optional = [
  'page_referrer',
  'term',
  'has_gclid',
  'ga_session_number',
  'engagement_ms',
  'device_category',
  'os',
  'browser',
  'lang',
  'country',
  'region',
  'item_qty',
  'tax_usd',
  'ship_usd',
  'coupon',
] as const;

type Column = (typeof required)[number] | (typeof optional)[number];
type Row = (column: Column) => string;

function ga4Reader(heading: string): LineReader {
  const names = csvFields(heading);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new Error(`not a GA4 export: its first line does not name ${missing.join(', ')}`);
  }
  const columns = [...required, ...optional];
  const place = Object.fromEntries(columns.map((name) => [name, names.indexOf(name)]));
  const at = place as Record<Column, number>;
  return {
    message(line) {
      const fields = csvFields(line);
      if (fields.length !== names.length) {
        throw new Error(`${fields.length} fields where the heading has ${names.length}`);
      }
      return JSON.stringify(segmentTrack((column) => fields[at[column]] ?? '', lineId(line)));
    },
    eventAt: (line) => Number(csvFields(line)[at.ts_us]) / 1000,
  };
}

function segmentTrack(row: Row, messageId: string) {
  return {
    type: 'track',
    messageId,
    event: row('event_name'),
    anonymousId: row('user_pseudo_id'),
    timestamp: new Date(Math.floor(Number(row('ts_us')) / 1000)).toISOString(),
    context: {
      sessionId: text(row('ga_session_id')),
      campaign: campaign(row),
      page: { url: text(row('page_location')) },
    },
    properties: { ...sale(row), ...pageCategory(row), ...aboutVisit(row) },
  };
}

/** The export has already turned referrers and click ids into a source and a medium: an event
 *  without either says nothing about its channel, whatever its referrer. */
function campaign(row: Row) {
  const source = text(row('source'));
  const medium = text(row('medium'));
  if (source === undefined && medium === undefined) return undefined;
  return { source, medium, name: text(row('campaign')), term: text(row('term')) };
}

function sale(row: Row) {
  const items = row('items');
  const revenue = row('revenue_usd');
  if (items === '' && revenue === '') return undefined;
  const isPurchase = row('event_name') === 'purchase';
  return {
    currency: 'USD',
    order_id: isPurchase ? text(row('transaction_id')) : undefined,
    revenue: isPurchase ? amount(revenue) : undefined,
    tax: amount(row('tax_usd')),
    shipping: amount(row('ship_usd')),
    coupon: text(row('coupon')),
    products: items === '' ? undefined : products(items),
  };
}

interface ExportedItem {
  readonly id?: string | null;
  readonly name?: string | null;
  readonly cat?: string | null;
  readonly price?: number | null;
  readonly qty?: number | null;
}

function products(items: string) {
  return (JSON.parse(items) as ExportedItem[]).map((item) => ({
    product_id: item.id || undefined,
    name: item.name || undefined,
    category: item.cat || undefined,
    price: item.price ?? undefined,
    quantity: item.qty ?? undefined,
  }));
}

const shopSection = /^https?:\/\/shop\.googlemerchandisestore\.com\/Google\+Redesign\/([^/?#]+)/;

/** Of a page view in the shop: the path element below /Google+Redesign/, as text. */
function pageCategory(row: Row) {
  if (row('event_name') !== 'page_view') return undefined;
  const section = shopSection.exec(row('page_location'))?.[1];
  return section === undefined ? undefined : { category: decoded(section).trim() || undefined };
}

function decoded(pathElement: string): string {
  const spaced = pathElement.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function aboutVisit(row: Row) {
  return {
    session_number: text(row('ga_session_number')),
    engagement_ms: amount(row('engagement_ms')),
    page_referrer: text(row('page_referrer')),
    has_gclid: row('has_gclid') === '1' || undefined,
    item_qty: amount(row('item_qty')),
    device_category: text(row('device_category')),
    os: text(row('os')),
    browser: text(row('browser')),
    language: text(row('lang')),
    country: text(row('country')),
    region: text(row('region')),
  };
}

function text(field: string): string | undefined {
  return field === '' ? undefined : field;
}

/** A number where the field is one; else the field, so that the collector can refuse it. */
function amount(field: string): number | string | undefined {
  if (field === '') return undefined;
  const value = Number(field);
  return Number.isFinite(value) ? value : field;
}
