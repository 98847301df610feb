import { faultOf } from '../../../services/cleaner/faults';
import type { CleanEvent } from '../../../services/shared/domain/event';
import { anEvent, anItem } from '../../support/event-builders';

const effect = { orderId: 'o', revenueMinor: 1, taxMinor: null, shippingMinor: null, coupon: null };

test('a sound event has no fault', () => {
  const items = [anItem({ priceMinor: 1999, quantity: 2.5 })];
  expect(faultOf(anEvent({ items, effect, currency: 'USD' }))).toBeNull();
});

test.each<[string, Partial<CleanEvent>, string, string]>([
  [
    'what the collector refused',
    { invalid: { reason: 'invalid_amount', message: "revenue: 'x'" }, anonymousId: null },
    'invalid_amount',
    "revenue: 'x'",
  ],
  [
    'a refusal of a later collector',
    { invalid: { reason: 'too_funny', message: 'ha' } },
    'refused',
    'too_funny: ha',
  ],
  [
    'a refusal that borrows the reason of another outcome',
    { invalid: { reason: 'clean', message: '' } },
    'refused',
    'clean: ',
  ],
  ['nobody', { anonymousId: null }, 'no_user', 'neither anonymousId nor userId'],
  ['a long id', { userId: 'ü'.repeat(129) }, 'id_too_long', 'userId: more than 256 bytes'],
  [
    'two long ids',
    { messageId: 'm'.repeat(257), deviceId: 'd'.repeat(999) },
    'id_too_long',
    'messageId, deviceId: more than 256 bytes',
  ],
  ['a device in 2300', { originalAt: Date.UTC(2300, 0, 1) }, 'invalid_timestamp', 'originalAt'],
  ['a request before 1970', { sentAt: -1 }, 'invalid_timestamp', 'sentAt -1'],
  ['a currency in lower case', { currency: 'usd' }, 'invalid_currency', "'usd'"],
  ['no such currency', { currency: 'ABC' }, 'invalid_currency', "'ABC'"],
  ['a revenue nobody has', { effect: { ...effect, revenueMinor: 1e15 } }, 'invalid_amount', '1000'],
  ['a tax nobody pays', { effect: { ...effect, taxMinor: -1e15 } }, 'invalid_amount', '-1000'],
  ['a price nobody asks', { items: [anItem({ priceMinor: 1e15 })] }, 'invalid_items', '1000'],
  ['no number of items', { items: [anItem({ quantity: Number.NaN })] }, 'invalid_items', 'NaN'],
  ['endless items', { items: [anItem({ quantity: Infinity })] }, 'invalid_items', 'Infinity'],
])('%s is a fault', (_, part, reason, message) => {
  const fault = faultOf(anEvent(part));
  expect(fault?.reason).toBe(reason);
  expect(fault?.message).toContain(message);
});

test('ids of 256 bytes are taken', () => {
  expect(faultOf(anEvent({ userId: 'ü'.repeat(128) }))).toBeNull();
});
