import type { CleanEvent, EventChannel, EventType, Item } from './event';
import { isFiller } from './filler';
import { priceBand } from './price-band';
import { cut } from './text';
import { weightTable } from './weights';

/** Forward decay (Cormode, Shkapenyuk, Srivastava, Xu: "Forward decay", ICDE 2009): weights are
 *  kept as of this moment and only ever added to. 2026-01-01T00:00:00Z, for ever: moving it would
 *  rescale every stored weight. Stored weights stay finite for events until 2065. */
export const landmark = Date.UTC(2026, 0, 1);
/** An interest counts half after 14 days without an event. As fixed as the landmark. */
export const halfLifeMs = 14 * 86_400_000;

/** A tag, such as `category:Bags`, with a weight. */
export type WeightedTag = readonly [tag: string, weight: number];

/** A weight at time `at` (milliseconds UTC) as it is stored: w · 2^((at − landmark) / halfLife). */
export function storedWeight(weight: number, at: number): number {
  return weight * 2 ** ((at - landmark) / halfLifeMs);
}

/** What a stored weight, or a sum of them, is worth at time `at`, milliseconds UTC. Never below
 *  zero: a retraction may be read before what it takes back. */
export function currentWeight(stored: number, at: number): number {
  return Math.max(0, stored) * 2 ** (-(at - landmark) / halfLifeMs);
}

/** Bounds of what one event may write: no more tags, no longer ones. */
const mostTags = 64;
const longestTag = 200;

/** What of an event its tags are made of. */
export type TaggedEvent = Pick<
  CleanEvent,
  'type' | 'category' | 'searchQuery' | 'items' | 'currency'
> &
  WithChannel;

interface WithChannel {
  readonly channel: Pick<EventChannel, 'group' | 'selfReferral'>;
}

/** What an event says its user is interested in: each tag once, whatever number of items carries it,
 *  with the weight of the event's type in that version of the table. RangeError for a version that
 *  only later code knows. */
export function tagsOf(event: TaggedEvent, weightsVersion: number): readonly WeightedTag[] {
  const weight = weightOf(event.type, weightsVersion);
  if (weight === 0) return [];
  const tags = new Set<string>();
  const add = (kind: string, text: string | null) => {
    const value = text?.trim() ?? '';
    if (!isFiller(value) && tags.size < mostTags) tags.add(cut(`${kind}:${value}`, longestTag));
  };
  add('channel', channelOf(event));
  add('search', event.searchQuery?.toLowerCase() ?? null);
  for (const category of categoriesOf(event)) add('category', category);
  for (const item of event.items) add('brand', item.brand);
  for (const item of event.items) add('price', bandOf(item, event.currency));
  return [...tags].map((tag) => [tag, weight]);
}

/** What an event adds to each of its tags, as stored. RangeError as `tagsOf`. */
export function contributionsOf(event: CleanEvent, weightsVersion: number): readonly WeightedTag[] {
  const factor = storedWeight(1, event.eventAt);
  return tagsOf(event, weightsVersion).map(([tag, weight]) => [tag, weight * factor]);
}

/** The channel group an event brings its user by; null where it says none, or only that the user
 *  came from another page of the tenant's. As long as a tag at most: other producers name their own. */
export function channelOf({ channel }: WithChannel): string | null {
  if (channel.selfReferral || !channel.group) return null;
  return cut(channel.group, longestTag);
}

/** How far a user has come, from the number of events of each type. */
export type Segment = 'buyer' | 'cart' | 'visitor';

export function segmentOf(counts: Readonly<Partial<Record<EventType, number>>>): Segment {
  if ((counts.order_completed ?? 0) > 0) return 'buyer';
  return (counts.product_added ?? 0) > 0 ? 'cart' : 'visitor';
}

function weightOf(type: EventType, version: number): number {
  const table = weightTable(version);
  if (table === undefined) throw new RangeError(`no weight table has version ${version}`);
  return table[type];
}

/** An item's category, or the event's where the item has none. */
function categoriesOf(event: TaggedEvent): readonly (string | null)[] {
  if (event.items.length === 0) return [event.category];
  return event.items.map((item) => item.category ?? event.category);
}

function bandOf(item: Item, currency: string | null): string | null {
  return item.priceMinor === null ? null : priceBand(item.priceMinor, currency);
}
