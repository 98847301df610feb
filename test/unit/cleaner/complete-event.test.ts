import { completeEvent } from '../../../services/cleaner/complete-event';
import type { Event } from '../../../services/shared/domain/event';
import { anEvent, anItem, aTenant, noon } from '../../support/event-builders';

const appendedAt = noon + 1000;
const record = {
  topic: 'events.order.v1',
  partition: 2,
  offset: 77,
  appendedAt,
  key: null,
  value: null,
};
const complete = (part: Partial<Event>) => completeEvent(anEvent(part), record, aTenant());

/** As a producer that only knows what it saw. */
const bare = {
  receivedAt: null,
  eventAt: null,
  clock: null,
  contentHash: null,
  sentAt: null,
  originalAt: noon - 60_000,
} as const;

test("the collector's events come back as they are", () => {
  expect(complete({})).toEqual(anEvent());
});

test("other producers' are completed, with the append time as the time of receipt", () => {
  const event = complete(bare);
  expect(event).toMatchObject({
    receivedAt: appendedAt,
    eventAt: noon - 60_000,
    clock: 'as_sent',
    contentHash: expect.stringMatching(/^a[0-9a-f]{31}$/),
  });
  expect(complete(bare)).toEqual(event);
  expect(complete({ ...bare, name: 'Other' }).contentHash).not.toBe(event.contentHash);
});

test('the channel group is found where there is something to find it by', () => {
  const channel = { ...anEvent().channel, source: 'newsletter', medium: 'email' };
  expect(complete({ ...bare, channel }).channel.group).toBe('Email');
});

describe('a currency that is left out', () => {
  const effect = { orderId: 'o', taxMinor: null, shippingMinor: null, coupon: null };
  const currencyOf = (part: Partial<Event>) =>
    completeEvent(anEvent({ ...bare, ...part }), record, aTenant({ currency: 'JPY' })).currency;

  test("is the tenant's where there are amounts, and none where there are none", () => {
    expect(currencyOf({ effect: { ...effect, revenueMinor: 0 } })).toBe('JPY');
    expect(currencyOf({ items: [anItem(), anItem({ priceMinor: 5 })] })).toBe('JPY');
    expect(currencyOf({ items: [anItem()], effect: { ...effect, revenueMinor: null } })).toBeNull();
    expect(currencyOf({ items: [anItem({ priceMinor: 5 })], currency: 'EUR' })).toBe('EUR');
  });

  test('changes nothing about what the producer said', () => {
    const part = { ...bare, items: [anItem({ priceMinor: 5 })] };
    const hashUnder = (currency: string) =>
      completeEvent(anEvent(part), record, aTenant({ currency })).contentHash;
    expect(hashUnder('JPY')).toBe(hashUnder('EUR'));
  });
});

test('a type or a clock that does not exist is read as the nearest thing', () => {
  expect(complete({ type: 'product_licked' as never }).type).toBe('custom');
  expect(complete({ clock: 'cuckoo' as never })).toMatchObject({ clock: 'healthy', eventAt: noon });
});

test.each([
  ['a receipt a month before the record', { receivedAt: appendedAt - 31 * 86_400_000 }],
  ['a receipt a month after it', { receivedAt: appendedAt + 31 * 86_400_000 }],
])('%s is not believed', (_, part) => {
  expect(complete(part).receivedAt).toBe(appendedAt);
});

test.each([
  ['before 1970', -1],
  ['in a hundred years', Date.UTC(2126, 0, 1)],
])('an event time %s is found again from what the device said', (_, eventAt) => {
  expect(complete({ eventAt })).toMatchObject({ eventAt: noon, clock: 'healthy' });
});

test('a device in a hundred years gives the time of receipt', () => {
  const later = Date.UTC(2126, 0, 1);
  const event = complete({ ...bare, originalAt: later, eventAt: later });
  expect(event).toMatchObject({ eventAt: appendedAt, clock: 'future' });
});

test('a content hash of another form is made anew: claims keep its first digits', () => {
  for (const contentHash of ['', 'sha1:77', 'A'.repeat(32), `a${'0'.repeat(32)}`]) {
    expect(complete({ contentHash }).contentHash).toMatch(/^a[0-9a-f]{31}$/);
  }
});

test('an empty id is none', () => {
  expect(complete({ anonymousId: '', userId: '' })).toMatchObject({
    anonymousId: null,
    userId: null,
  });
});

test('a missing message id is made of the content, or of the record where no time tells it apart', () => {
  const timed = complete({ ...bare, messageId: '' });
  expect(timed).toMatchObject({ messageId: timed.contentHash, messageIdMade: true });
  const untimed = complete({ ...bare, messageId: '', originalAt: null });
  expect(untimed).toMatchObject({ messageId: 'events.order.v1/2/77', messageIdMade: true });
  const { contentHash } = untimed;
  const redriveOf = 'events.order.v1/0/3';
  const copy = complete({ ...bare, messageId: '', originalAt: null, redriveOf });
  expect(copy).toMatchObject({ messageId: redriveOf, contentHash });
});
