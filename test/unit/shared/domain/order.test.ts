import { orderKey } from '../../../../services/shared/domain/order';
import { anEvent } from '../../../support/event-builders';

const effect = { revenueMinor: 1, taxMinor: null, shippingMinor: null, coupon: null };
const order = (orderId: string | null, part: object = {}) =>
  orderKey(anEvent({ type: 'order_completed', effect: { ...effect, orderId }, ...part }), 1234);

test.each([
  ['its id', order('A-17'), 'A-17'],
  ['its user and time where there is none', order(null), 'user/ann/1234'],
  ['or where a filler stands in its place', order('(not set)'), 'user/ann/1234'],
  ['or an empty one', order(' '), 'user/ann/1234'],
  [
    'the user id where there is no anonymous one',
    order('', { anonymousId: null, userId: 'u' }),
    'user/u/1234',
  ],
  ['nothing where there is no effect at all', order(null, { effect: null }), 'user/ann/1234'],
  ['nothing for what completes no order', order('A-17', { type: 'order_refunded' }), ''],
])('an order is known by %s', (_, key, expected) => {
  expect(key).toBe(expected);
});
