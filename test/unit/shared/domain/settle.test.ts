import fc from 'fast-check';
import { type Verdict, verdicts } from '../../../../services/shared/domain/outcome';
import {
  claimOf,
  contentPrint,
  type DecidedEvent,
  type Recorded,
  settle,
} from '../../../../services/shared/domain/settle';
import { aJudgedEvent, anEvent, anItem, noon } from '../../../support/event-builders';

const own = aJudgedEvent();
const elsewhere = { topic: 'events.click.v1', partition: 0, offset: 900 };
const recordOf = (decided: DecidedEvent, part: Partial<Recorded> = {}): Recorded => {
  const { tenant: _t, messageId: _m, clientAt: _c, ...recorded } = claimOf(decided);
  return { ...recorded, ...part };
};

test('a claim says whose id it is, when the client sent it, and as what it was judged', () => {
  expect(claimOf(own)).toEqual({
    tenant: 'demo',
    messageId: 'm-1',
    clientAt: noon,
    source: own.source,
    verdict: { outcome: 'counted', reason: 'clean' },
    weightsVersion: 1,
    contentPrint: 0x12345678,
  });
});

test('the print of a content hash is its first 32 bits behind the version', () => {
  expect(contentPrint('affffffff00000000000000000000000')).toBe(0xffffffff);
  expect(contentPrint('b00000001ffffffffffffffffffffff0')).toBe(1);
});

test('the first delivery stands as it was decided', () => {
  expect(settle(own, recordOf(own))).toEqual(own);
});

test('a redelivery stands as it was recorded, whatever the rules say now', () => {
  const recorded = recordOf(own, {
    verdict: { outcome: 'bot', reason: 'declared_bot' },
    weightsVersion: 3,
  });
  expect(settle(own, recorded)).toEqual({
    ...own,
    outcome: 'bot',
    reason: 'declared_bot',
    evidence: 'decided at the first delivery, by the rules of that time',
    firstCounted: false,
    weightsVersion: 3,
  });
  const bot = aJudgedEvent({
    outcome: 'bot',
    reason: 'declared_bot',
    firstCounted: false,
    evidence: 'x',
  });
  expect(settle(bot, recordOf(own))).toEqual(own);
});

test('the same content elsewhere is a duplicate: keys and times, for the ledger', () => {
  const event = anEvent({
    category: 'Bags',
    searchQuery: 'bag',
    items: [anItem({ productId: 'p' })],
    shop: 's',
    currency: 'USD',
    effect: { orderId: 'o', revenueMinor: 1, taxMinor: null, shippingMinor: null, coupon: null },
    properties: '{"order_id":"o"}',
  });
  const decided = aJudgedEvent({ event });
  const settled = settle(decided, recordOf(decided, { source: elsewhere }));
  expect(settled).toMatchObject({
    outcome: 'duplicate',
    reason: 'same_message',
    heldBy: elsewhere,
    firstCounted: false,
  });
  const { category, searchQuery, items, shop, channel, currency, effect, properties, ...keys } =
    event;
  expect(settled.event).toMatchObject(keys);
  expect(settled.event).toMatchObject({
    ...{ category: null, searchQuery: null, items: [], shop: null, currency: null, effect: null },
    properties: '{}',
  });
  expect(Object.values(settled.event.channel).filter((each) => each !== null)).toEqual([false]);
});

test('other content under the same id is kept whole, for a person', () => {
  const settled = settle(own, recordOf(own, { source: elsewhere, contentPrint: 1 }));
  expect(settled).toEqual({
    ...own,
    outcome: 'collision',
    reason: 'message_id_reused',
    evidence: 'the message id is on record with other content',
    firstCounted: false,
    heldBy: elsewhere,
  });
});

test.each([
  { ...own.source, offset: 8 },
  { ...own.source, partition: 2 },
  { ...own.source, topic: 'events.cart.v1' },
])('a record at %j is another record', (source) => {
  expect(settle(own, recordOf(own, { source })).outcome).toBe('duplicate');
});

test('settling is idempotent: settled again, nothing changes', () => {
  const source = fc.record({
    topic: fc.constantFrom('events.click.v1', 'events.cart.v1'),
    partition: fc.nat(1),
    offset: fc.nat(3),
  });
  const verdict = fc.constantFrom<Verdict>(...verdicts);
  const print = fc.constantFrom(contentPrint(own.event.contentHash), 7);
  const recorded = fc.record<Recorded>({
    source,
    verdict,
    weightsVersion: fc.integer({ min: 1, max: 15 }),
    contentPrint: print,
  });
  fc.assert(
    fc.property(source, verdict, recorded, (at, judged, known) => {
      const decided = aJudgedEvent({
        source: at,
        ...judged,
        firstCounted: judged.outcome === 'counted',
      });
      const once = settle(decided, known);
      expect(settle(once, known)).toEqual(once);
      expect(once.firstCounted).toBe(once.outcome === 'counted');
    }),
  );
});
