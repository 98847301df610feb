import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { EventType } from '../../services/shared/domain/event';
import { priceBand } from '../../services/shared/domain/price-band';
import { weightTable } from '../../services/shared/domain/weights';
import type { ChannelOfRow } from './ga4-channel';

export interface ExpectedTag {
  /** Stored weight: the sum of w · 2^((t − L) / halfLife). */
  weight: number;
  /** Sum of absolute contributions, which rounding errors are measured against. */
  scale: number;
}

/** What Redis must hold of a user. */
export interface ExpectedUser {
  readonly tags: Map<string, ExpectedTag>;
  readonly counts: Map<EventType, number>;
  lastSeenAt: number;
  lastChannelAt: number;
  /** Channels named at that very millisecond; any of them may be the last. */
  lastChannels: Set<string>;
}

type Row = Readonly<Record<string, string>>;

/**
 * Reads a GA4 export by itself and works out every user's tags and profile from the documented
 * formula. It shares the tables of weights and price bands with the services, and nothing else.
 */
export async function expectedUsers(
  file: string,
  channelOf: ChannelOfRow,
): Promise<ReadonlyMap<string, ExpectedUser>> {
  const users = new Map<string, ExpectedUser>();
  const bytes = createReadStream(file);
  const text = file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => {}) : bytes;
  for await (const row of text.pipe(parse({ columns: true }))) addRow(users, row, channelOf);
  return users;
}

function addRow(users: Map<string, ExpectedUser>, row: Row, channelOf: ChannelOfRow): void {
  const id = row.user_pseudo_id ?? '';
  const user = users.get(id) ?? nobody();
  users.set(id, user);
  const type = types[row.event_name ?? ''] ?? 'custom';
  const at = Math.floor(Number(row.ts_us) / 1000);
  const channel = channelOf(row.source ?? '', row.medium ?? '');
  user.counts.set(type, (user.counts.get(type) ?? 0) + 1);
  user.lastSeenAt = Math.max(user.lastSeenAt, at);
  noteChannel(user, channel, at);
  const contribution = (weights[type] ?? 0) * 2 ** ((at - landmark) / halfLifeMs);
  if (contribution === 0) return;
  for (const tag of tagsOf(row, type, channel)) {
    const sum = user.tags.get(tag) ?? { weight: 0, scale: 0 };
    sum.weight += contribution;
    sum.scale += Math.abs(contribution);
    user.tags.set(tag, sum);
  }
}

const landmark = Date.parse('2026-01-01T00:00:00Z');
const halfLifeMs = 14 * 24 * 3600 * 1000;
const weights: Partial<Record<EventType, number>> = weightTable(1) ?? {};

const types: Readonly<Record<string, EventType>> = {
  page_view: 'page_viewed',
  view_item_list: 'product_list_viewed',
  view_item: 'product_viewed',
  select_item: 'product_clicked',
  view_search_results: 'products_searched',
  select_promotion: 'promotion_clicked',
  add_to_cart: 'product_added',
  begin_checkout: 'checkout_started',
  add_payment_info: 'payment_info_entered',
  purchase: 'order_completed',
};

function nobody(): ExpectedUser {
  return {
    tags: new Map(),
    counts: new Map(),
    lastSeenAt: 0,
    lastChannelAt: 0,
    lastChannels: new Set(),
  };
}

function noteChannel(user: ExpectedUser, channel: string | null, at: number): void {
  if (channel === null || at < user.lastChannelAt) return;
  if (at > user.lastChannelAt) user.lastChannels.clear();
  user.lastChannelAt = at;
  user.lastChannels.add(channel);
}

interface Item {
  readonly cat: string | null;
  readonly price: number | null;
}

/** A page has the category its address names, a product that of the export; brands and search terms
 *  are not in the export. Each tag once an event. */
function tagsOf(row: Row, type: EventType, channel: string | null): ReadonlySet<string> {
  const tags = new Set<string>();
  if (channel !== null) tags.add(`channel:${channel}`);
  if (type === 'page_viewed') {
    const page = /^https?:\/\/shop\.googlemerchandisestore\.com\/Google\+Redesign\/([^/?#]+)/;
    const [, section] = page.exec(row.page_location ?? '') ?? [];
    if (section !== undefined) addCategory(tags, decodeURIComponent(section.replace(/\+/g, ' ')));
    return tags;
  }
  const items = (row.items ? JSON.parse(row.items) : []) as readonly Item[];
  for (const { cat, price } of items) {
    addCategory(tags, cat ?? '');
    const band = price === null ? null : priceBand(Math.round(price * 100), 'USD');
    if (band !== null) tags.add(`price:${band}`);
  }
  return tags;
}

function addCategory(tags: Set<string>, text: string): void {
  const category = text.trim();
  if (category !== '' && category !== '(not set)') tags.add(`category:${category}`);
}
