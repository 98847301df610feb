import type { Random } from '../../../deploy/replay/random';

/** A message of the Segment API, as an SDK would have recorded it. */
export type Message = Readonly<Record<string, unknown>>;

/** 2026-02-01T00:00:00Z: the generated days begin here. */
export const firstDay = Date.UTC(2026, 1, 1);
const dayMs = 86_400_000;
const minuteMs = 60_000;

export interface Shop {
  readonly people: number;
  readonly days: number;
  readonly random: Random;
}

/** What people do in a shop: visits from different sources, product views, carts, checkouts, orders.
 *  Every message is sound, has an id of its own, and stands in order of time. */
export function shopVisits(shop: Shop): readonly Message[] {
  const messages = Array.from({ length: shop.people }, (_, person) =>
    visitsOf(person, shop),
  ).flat();
  return messages
    .sort((a, b) => a.at - b.at)
    .map(({ at, message }, index) => ({
      messageId: `m-${index}`,
      timestamp: new Date(at).toISOString(),
      ...message,
    }));
}

interface Timed {
  readonly at: number;
  readonly message: Message;
}

function visitsOf(person: number, { days, random }: Shop): Timed[] {
  const visits = 1 + Math.floor(random() * 3);
  return Array.from({ length: visits }, (_, visit) => {
    const start = firstDay + Math.floor(random() * days * dayMs);
    return aVisit({ person, visit, start, random });
  }).flat();
}

interface Visit {
  readonly person: number;
  readonly visit: number;
  readonly start: number;
  readonly random: Random;
}

function aVisit(visit: Visit): Timed[] {
  const { random } = visit;
  const source = pick(sources, random);
  const steps = stepsOf(random);
  let at = visit.start;
  return steps.map((step, index) => {
    // Some steps share a millisecond; some pauses end a session that has no id.
    const pause = random();
    if (pause > 0.1) at += Math.floor(pause > 0.95 ? 40 * minuteMs : pause * 3 * minuteMs);
    return { at, message: { ...who(visit), ...step, context: contextOf(visit, source, index) } };
  });
}

/** A third of the people are known by name as well, and a tenth by name only. */
function who({ person }: Visit): Message {
  if (person % 10 === 0) return { userId: `user-${person}` };
  return person % 3 === 0
    ? { anonymousId: `anon-${person}`, userId: `user-${person}` }
    : { anonymousId: `anon-${person}` };
}

/** Every fourth person's SDK has no session ids. */
function contextOf({ person, visit }: Visit, source: Message, index: number): Message {
  const session = person % 4 === 1 ? {} : { sessionId: `s-${person}-${visit}` };
  return index === 0 ? { ...session, ...source } : session;
}

const sources: readonly Message[] = [
  {},
  { campaign: { source: 'google', medium: 'organic' } },
  { campaign: { source: 'google', medium: 'cpc', name: 'winter' } },
  { campaign: { source: 'newsletter', medium: 'email', name: 'february' } },
  { campaign: { source: 'facebook.com', medium: 'referral' } },
  { campaign: { source: 'shop.example', medium: 'referral' } },
  { page: { url: 'https://shop.example/', referrer: 'https://www.bing.com/' } },
  { page: { url: 'https://shop.example/?gclid=abc' } },
  { page: { url: 'https://shop.example/', referrer: 'https://blog.example.net/shoes' } },
];

const products = [
  { product_id: 'p-1', name: 'Boot', category: 'Shoes', brand: 'Alp', price: 129.9 },
  { product_id: 'p-2', name: 'Sock', category: 'Shoes', brand: 'Wool & Co', price: 9.5 },
  { product_id: 'p-3', name: 'Tent', category: 'Camping', brand: 'Alp', price: 310 },
  { product_id: 'p-4', name: 'Cup', category: 'Camping', price: 4.25 },
] as const;

function stepsOf(random: Random): Message[] {
  const product = pick(products, random);
  const currency = random() < 0.1 ? 'EUR' : 'USD';
  const seen = { ...product, currency };
  const steps: Message[] = [{ type: 'page', name: 'Home', properties: { category: 'Start' } }];
  const add = (chance: number, event: string, properties: Message) => {
    const happens = random() < chance;
    if (happens) steps.push({ type: 'track', event, properties });
    return happens;
  };
  add(0.3, 'Products Searched', { query: pick(['Boots', 'tent', '  Cup '], random) });
  add(0.9, 'Product Viewed', seen);
  add(0.2, 'view_item', { items: [{ item_id: 'p-2', item_category: 'Shoes', price: 9.5 }] });
  add(0.1, 'Product Added to Wishlist', seen);
  add(0.3, 'Video Played', { seconds: 12 });
  if (!add(0.5, 'Product Added', { ...seen, quantity: 1 })) return steps;
  add(0.15, 'Product Removed', seen);
  if (!add(0.6, 'Checkout Started', { products: [seen], currency })) return steps;
  add(0.4, 'Order Completed', { ...anOrder(random), currency, products: [seen] });
  return steps;
}

/** Order ids repeat, and some are fillers: both happen in every export. */
function anOrder(random: Random): Message {
  const id = random() < 0.2 ? '(not set)' : `o-${Math.floor(random() * 60)}`;
  return { order_id: id, revenue: Math.round(random() * 20_000) / 100, tax: 1.2, shipping: 3 };
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}
