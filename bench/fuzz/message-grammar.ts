import type { Draw } from '../../deploy/traffic/draw';
import { hostileAmount, hostileJson, hostileText, hostileTime } from './json-grammar';

/** A Segment message as JSON text. Nearly every part of it is what an SDK sends, and some is not; in one
 *  of a few dozen all of it is anything at all. */
export function aMessage(draw: Draw): string {
  if (draw.chance(0.03)) return hostileJson(draw);
  const members = [
    ['type', or(draw, 0.03, hostileText, () => draw.pick(calls))],
    ['event', or(draw, 0.1, hostileText, () => draw.pick(events))],
    ['anonymousId', or(draw, 0.15, hostileJson, () => `"a-${draw.whole(0, 5000)}"`)],
  ];
  const maybe = (share: number, name: string, value: () => string): void => {
    if (draw.chance(share)) members.push([name, value()]);
  };
  maybe(0.2, 'userId', () => hostileJson(draw, 1));
  maybe(0.7, 'messageId', () => or(draw, 0.1, hostileText, () => `"m-${draw.whole(0, 4e9)}"`));
  maybe(0.6, 'timestamp', () => or(draw, 0.3, hostileTime, () => now(draw)));
  maybe(0.2, 'sentAt', () => or(draw, 0.3, hostileTime, () => now(draw)));
  maybe(0.1, 'name', () => hostileText(draw));
  maybe(0.8, 'properties', () => or(draw, 0.1, hostileJson, () => properties(draw)));
  maybe(0.4, 'context', () => or(draw, 0.1, hostileJson, () => context(draw)));
  maybe(0.05, 'traits', () => hostileJson(draw));
  maybe(0.05, '__proto__', () => hostileJson(draw));
  // Twice the same name is JSON too: the last one counts.
  if (draw.chance(0.02)) members.push(draw.pick(members));
  return `{${members.map(([name, value]) => `"${name}":${value}`).join()}}`;
}

type Part = (draw: Draw) => string;

function or(draw: Draw, share: number, hostile: Part, sound: () => string): string {
  return draw.chance(share) ? hostile(draw) : sound();
}

const calls = ['"track"', '"page"', '"screen"', '"identify"', '"group"', '"alias"', '"TRACK"'];
const events = [
  ...['"Product Viewed"', '"Product Added"', '"Order Completed"', '"view_item"', '"purchase"'],
  ...[
    '"Products Searched"',
    '"Level Up"',
    '"Order Refunded"',
    '"Checkout Started"',
    '"add_to_cart"',
  ],
];

function now(draw: Draw): string {
  return JSON.stringify(new Date(Date.UTC(2026, 0, 1) + draw.whole(0, 30 * 86_400_000)));
}

function properties(draw: Draw): string {
  const members = [`"product_id":${hostileText(draw)}`];
  const maybe = (share: number, member: () => string): void => {
    if (draw.chance(share)) members.push(member());
  };
  maybe(0.4, () => `"price":${hostileAmount(draw)}`);
  maybe(0.4, () => `"revenue":${hostileAmount(draw)}`);
  maybe(
    0.2,
    () => `"currency":${or(draw, 0.3, hostileText, () => draw.pick(['"EUR"', '"JPY"', '"KWD"']))}`,
  );
  maybe(0.2, () => `"order_id":${hostileText(draw)}`);
  maybe(0.3, () => `"products":${products(draw)}`);
  maybe(0.1, () => `"query":${hostileText(draw)}`);
  maybe(0.1, () => `"deep":${hostileJson(draw)}`);
  return `{${members.join()}}`;
}

function products(draw: Draw): string {
  if (draw.chance(0.1)) return hostileJson(draw);
  const count = draw.chance(0.004) ? draw.whole(100, 3000) : draw.whole(0, 3);
  const product = () =>
    draw.chance(0.05)
      ? hostileJson(draw, 1)
      : `{"product_id":"p${draw.whole(0, 99)}","price":${hostileAmount(draw)},"quantity":${hostileAmount(draw)}}`;
  return `[${Array.from({ length: count }, product).join()}]`;
}

function context(draw: Draw): string {
  const text = () => hostileText(draw);
  const library = draw.pick(['"analytics.js"', '"@segment/analytics-node"', '{}', '7']);
  return `{"userAgent":${text()},"ip":${text()},"library":{"name":${library}},"page":{"url":${text()},"referrer":${text()}},"campaign":{"source":${text()},"medium":${text()}},"sessionId":${hostileJson(draw, 1)},"device":{"id":${text()}}}`;
}
