import fc from 'fast-check';
import type { CleanEvent } from '../../../../services/shared/domain/event';
import {
  channelOf,
  contributionsOf,
  currentWeight,
  halfLifeMs,
  landmark,
  segmentOf,
  storedWeight,
  tagsOf,
} from '../../../../services/shared/domain/interest';
import { aChannel, anEvent, anItem, noon } from '../../../support/event-builders';

const tags = (part: Partial<CleanEvent>) => tagsOf(anEvent(part), 1).map(([tag]) => tag);

describe('tags of an event', () => {
  test('each tag once, whatever number of items carries it, with the weight of the type', () => {
    const bag = anItem({ category: 'Bags', brand: 'Acme', priceMinor: 1999 });
    const event = anEvent({
      type: 'product_added',
      items: [bag, bag, anItem({ category: 'Hats', brand: 'Acme', priceMinor: 999 })],
      currency: 'USD',
      channel: aChannel({ group: 'Email' }),
    });
    expect(tagsOf(event, 1)).toEqual([
      ['channel:Email', 6],
      ['category:Bags', 6],
      ['category:Hats', 6],
      ['brand:Acme', 6],
      ['price:10-25', 6],
      ['price:0-10', 6],
    ]);
  });

  test("an item without a category is in the event's; so is an event without items", () => {
    const items = [anItem({ category: 'Bags' }), anItem()];
    expect(tags({ items, category: 'Sale' })).toEqual(['category:Bags', 'category:Sale']);
    expect(tags({ category: 'Sale' })).toEqual(['category:Sale']);
    expect(tags({ items: [anItem({ category: 'Bags' })], category: 'Sale' })).toEqual([
      'category:Bags',
    ]);
  });

  test('a search is one whatever its case; values are trimmed', () => {
    expect(tags({ type: 'products_searched', searchQuery: ' Red BAG ' })).toEqual([
      'search:red bag',
    ]);
    expect(tags({ category: ' Bags ' })).toEqual(['category:Bags']);
  });

  test('what stands for nothing is no interest', () => {
    const items = [anItem({ category: '(not set)', brand: 'undefined', priceMinor: -5 })];
    expect(tags({ items, searchQuery: '  ', channel: aChannel() })).toEqual([]);
  });

  test("coming from the tenant's own pages is no channel", () => {
    const channel = aChannel({ group: 'Referral', selfReferral: true });
    expect(tags({ channel })).toEqual([]);
    expect(channelOf({ channel })).toBeNull();
    expect(channelOf({ channel: aChannel({ group: 'Email' }) })).toBe('Email');
  });

  test('types that say nothing about interest have no tags', () => {
    for (const type of ['custom', 'order_refunded', 'order_cancelled'] as const) {
      expect(tags({ type, category: 'Bags' })).toEqual([]);
    }
  });

  test('an event writes at most 64 tags of 200 characters', () => {
    const items = Array.from({ length: 500 }, (_, nth) => anItem({ category: `c${nth}` }));
    const written = tags({
      items,
      channel: aChannel({ group: 'Email' }),
      searchQuery: '🛍'.repeat(200),
    });
    expect(written).toHaveLength(64);
    expect(written[0]).toBe('channel:Email');
    expect(Math.max(...written.map((tag) => tag.length))).toBeLessThanOrEqual(200);
    for (const tag of written) expect(Buffer.from(tag).toString()).toBe(tag);
  });

  test('a weights version of later code is an error, not a zero', () => {
    expect(() => tagsOf(anEvent(), 99)).toThrow('no weight table has version 99');
  });
});

describe('forward decay', () => {
  const years = fc.integer({ min: Date.UTC(2012, 0, 1), max: Date.UTC(2040, 0, 1) });
  const weights = fc.array(fc.tuple(fc.integer({ min: -10, max: 10 }), years), { maxLength: 30 });

  test('a weight counts half after one half-life', () => {
    expect(storedWeight(8, landmark)).toBe(8);
    expect(storedWeight(8, landmark + halfLifeMs)).toBe(16);
    expect(currentWeight(storedWeight(8, noon), noon)).toBeCloseTo(8, 12);
    expect(currentWeight(storedWeight(8, noon), noon + halfLifeMs)).toBeCloseTo(4, 12);
    expect(currentWeight(storedWeight(8, noon), noon + 10 * halfLifeMs)).toBeCloseTo(8 / 1024, 12);
  });

  test('what is below zero reads as nothing', () => {
    expect(currentWeight(-3, noon)).toBe(0);
  });

  test('it is backward decay, only scaled: the sum at any time is the sum of decayed weights', () => {
    fc.assert(
      fc.property(weights, years, (events, now) => {
        const stored = events.reduce((sum, [weight, at]) => sum + storedWeight(weight, at), 0);
        const decayed = events.map(([weight, at]) => weight * 2 ** ((at - now) / halfLifeMs));
        const scale = decayed.reduce((sum, each) => sum + Math.abs(each), 0);
        const expected = decayed.reduce((sum, each) => sum + each, 0);
        const error = Math.abs(currentWeight(stored, now) - Math.max(0, expected));
        expect(error).toBeLessThanOrEqual(1e-9 * scale);
      }),
    );
  });

  test('the order of arrival does not matter, and retractions leave nothing', () => {
    fc.assert(
      fc.property(weights, (events) => {
        const parts = events.map(([weight, at]) => storedWeight(weight, at));
        const bound = 1e-9 * parts.reduce((sum, part) => sum + Math.abs(part), 0);
        const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0);
        expect(Math.abs(sum(parts) - sum([...parts].reverse()))).toBeLessThanOrEqual(bound);
        const withTakenBack = [...parts, ...parts.map((part) => -part)];
        expect(Math.abs(sum(withTakenBack))).toBeLessThanOrEqual(bound);
      }),
    );
  });

  test('waiting never reorders', () => {
    fc.assert(
      fc.property(years, years, years, (one, other, now) => {
        const before = storedWeight(1, one) > storedWeight(1, other);
        const after =
          currentWeight(storedWeight(1, one), now) > currentWeight(storedWeight(1, other), now);
        const vanished = currentWeight(storedWeight(1, Math.max(one, other)), now) < 1e-300;
        expect(vanished || before === after).toBe(true);
      }),
    );
  });

  test('contributions are the weights at the time of the event', () => {
    const event = anEvent({
      type: 'product_added',
      category: 'Bags',
      eventAt: landmark - halfLifeMs,
    });
    expect(contributionsOf(event, 1)).toEqual([['category:Bags', 3]]);
  });
});

test.each([
  [{}, 'visitor'],
  [{ page_viewed: 9 }, 'visitor'],
  [{ product_added: 1 }, 'cart'],
  [{ product_added: -1 }, 'visitor'],
  [{ product_added: 1, order_completed: 1 }, 'buyer'],
  [{ product_added: 1, order_completed: 0 }, 'cart'],
] as const)('the segment of %j is %s', (counts, segment) => {
  expect(segmentOf(counts)).toBe(segment);
});
