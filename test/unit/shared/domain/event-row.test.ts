import { eventRow, latestEventAt } from '../../../../services/shared/domain/event-row';
import type { JudgedEvent } from '../../../../services/shared/domain/outcome';
import {
  aChannel,
  aDecision,
  aJudgedEvent,
  anEvent,
  anItem,
  noon,
} from '../../../support/event-builders';

const record = Buffer.from('the record');
const row = (part: Partial<JudgedEvent> = {}) => eventRow({ ...aJudgedEvent(), ...part }, record);
const rowOf = (part: Parameters<typeof anEvent>[0]) => row({ event: anEvent(part) });

test('a row has what its record says', () => {
  const items = [anItem({ productId: 'p' })];
  const channel = aChannel({
    source: 'news',
    group: 'Email',
    selfReferral: true,
    url: 'u',
    clickId: 'gclid',
  });
  expect(rowOf({ items, channel, sessionId: 's', currency: 'USD', userId: 'u' })).toMatchObject({
    ...{ tenant: 'demo', topic: 'events.click.v1', partition: 1, offset: 7, version: 0 },
    ...{ outcome: 'counted', reason: 'clean', firstCounted: true, weightsVersion: 1, heldBy: '' },
    ...{ eventAt: noon, receivedAt: noon + 300, appendedAt: noon + 320, sentAt: noon + 200 },
    ...{ user: 'ann', anonymousId: 'ann', userId: 'u', deviceId: '', sessionId: 's' },
    ...{ type: 'product_viewed', name: 'Product Viewed', items, source: 'news', medium: '' },
    ...{ channel: 'Email', selfReferral: true, clickId: 'gclid', url: 'u', currency: 'USD' },
    ...{ orderId: '', orderKey: '', revenueMinor: null, coupon: '', record },
  });
});

test('the same record gives the same row, and a decision the same sort and partition fields', () => {
  expect(row()).toEqual(row());
  const { outcome, version, reason, ...rest } = row();
  const decision = aDecision(aJudgedEvent());
  expect(eventRow(decision, record)).toMatchObject({ ...rest, outcome: 'rejected', version: 1 });
});

test.each([
  ['an order', {}, 'user/ann/1000', 'counted'],
  ['a collision: it may be released', {}, 'user/ann/1000', 'collision'],
  ['a duplicate has none: its original counts', {}, '', 'duplicate'],
] as const)('order key: %s', (_, part, key, outcome) => {
  const event = anEvent({ type: 'order_completed', eventAt: 1000, ...part });
  expect(row({ event, outcome }).orderKey).toBe(key);
});

test.each([
  [-1, 0],
  [0, 0],
  [latestEventAt - 1, latestEventAt - 1],
  [latestEventAt, latestEventAt - 1],
  [8e15, latestEventAt - 1],
])('event time %i stands at %i', (eventAt, stands) => {
  expect(rowOf({ eventAt }).eventAt).toBe(stands);
});

test('what did not decode stands without tenant and user, under its append time', () => {
  const dead = {
    outcome: 'dead',
    reason: 'not_avro',
    event: null,
    undecoded: Buffer.from('x'),
  } as const;
  expect(row(dead)).toMatchObject({
    ...{ tenant: '', user: '', messageId: '', orderKey: '', outcome: 'dead', reason: 'not_avro' },
    ...{ topic: 'events.click.v1', partition: 1, offset: 7, record },
    ...{ eventAt: noon + 320, receivedAt: noon + 320, appendedAt: noon + 320, originalAt: null },
  });
});

test('a record of another producer that left the times empty stands under its append time', () => {
  const event = { ...anEvent(), eventAt: null, receivedAt: null, clock: null, contentHash: null };
  const judged = { ...aJudgedEvent(), event: event as unknown as JudgedEvent['event'] };
  expect(eventRow(judged, record)).toMatchObject({
    ...{ eventAt: noon + 320, receivedAt: noon + 320, clock: '', contentHash: '' },
  });
});

test('a collision names the record that holds the message id', () => {
  const heldBy = { topic: 't', partition: 2, offset: 3 };
  expect(row({ outcome: 'collision', heldBy }).heldBy).toBe('t/2/3');
});
