import fc from 'fast-check';
import {
  type OrderHistory,
  orderAmount,
  orderApplicationsOf,
  orderSubjects,
  outlierEvidence,
} from '../../../../services/shared/domain/order-history';
import { aDecision, aJudgedEvent, anEvent } from '../../../support/event-builders';

const subject = { tenant: 'demo', kind: 'shop', id: 'Acme' } as const;
const law = { times: 10, sample: 20, imports: true };
const history = (orders: number, sumMinor: number, of: OrderHistory['subject'] = subject) => ({
  subject: of,
  orders,
  sumMinor,
});
const order = (amountMinor: number) => ({ currency: 'USD', amountMinor });

test.each([
  ['exactly ten times the mean', 10_000, history(20, 20_000), law, false],
  ['a cent above it', 10_001, history(20, 20_000), law, true],
  ['a cent above it, of too few orders', 10_001, history(19, 19_000), law, false],
  ['without any order', 10_001, history(0, 0), law, false],
  ['a mean of nothing', 10_001, history(20, 0), law, false],
  ['a threshold of 0', 10_001, history(20, 20_000), { ...law, times: 0 }, false],
  ['a sample of 0', 10_001, history(0, 0), { ...law, sample: 0 }, false],
  ['a lower threshold', 2_001, history(20, 20_000), { ...law, times: 2 }, true],
])('%s', (_, amountMinor, known, outlier, isHeld) => {
  expect(outlierEvidence(order(amountMinor), [known], outlier) !== null).toBe(isHeld);
});

test('the evidence is what a person needs to judge it', () => {
  const ann = { tenant: 'demo', kind: 'user', id: 'ann' } as const;
  const known = [history(25, 250_000), history(4, 4), history(30, 30_000, ann)];
  expect(outlierEvidence(order(123_456), known, law)).toBe(
    "1234.56 USD is 12.3 times the mean of 100.00 of the 25 counted orders of shop 'Acme', and " +
      "123.5 times the mean of 10.00 of the 30 counted orders of user 'ann'",
  );
  const own = history(25, 250_000, { ...subject, id: '' });
  expect(outlierEvidence(order(123_456), [own], law)).toContain('counted orders of the shop');
});

test('the more an order is above the mean, the less it is counted', () => {
  const amounts = fc.integer({ min: 1, max: 1e14 });
  fc.assert(
    fc.property(amounts, amounts, fc.integer({ min: 20, max: 1e6 }), (amount, sum, orders) => {
      const held = outlierEvidence(order(amount), [history(orders, sum)], law) !== null;
      expect(held).toBe(amount * orders > 10 * sum);
    }),
  );
});

const completed = anEvent({
  type: 'order_completed',
  ...{ shop: 'Acme', userId: 'ann@example', currency: 'USD' },
  effect: { orderId: 'o-1', revenueMinor: 700, taxMinor: null, shippingMinor: null, coupon: null },
});

test('an order belongs to its shop and to each id of its user', () => {
  expect(orderSubjects(completed)).toEqual([
    { tenant: 'demo', kind: 'shop', id: 'Acme' },
    { tenant: 'demo', kind: 'user', id: 'ann' },
    { tenant: 'demo', kind: 'user', id: 'ann@example' },
  ]);
  expect(orderSubjects({ ...completed, shop: null, userId: 'ann' })).toEqual([
    { tenant: 'demo', kind: 'shop', id: '' },
    { tenant: 'demo', kind: 'user', id: 'ann' },
  ]);
});

test('only a completed order with an amount and a currency is one', () => {
  expect(orderAmount(completed)).toEqual({ currency: 'USD', amountMinor: 700 });
  expect(orderAmount({ ...completed, type: 'order_refunded' })).toBeNull();
  expect(orderAmount({ ...completed, currency: null })).toBeNull();
  expect(orderAmount({ ...completed, effect: null })).toBeNull();
});

test('a counted order adds itself, a held one nothing, a decision what it decides', () => {
  const event = { ...completed, ip: null, userAgent: null };
  const counted = aJudgedEvent({ event });
  const amount = { currency: 'USD', amountMinor: 700, source: counted.source };
  const subjects = orderSubjects(event);
  expect(orderApplicationsOf(counted)).toEqual(
    subjects.map((one) => ({ ...amount, subject: one, decision: null })),
  );
  const held = {
    ...counted,
    outcome: 'held',
    reason: 'order_outlier',
    firstCounted: false,
  } as const;
  expect(orderApplicationsOf(held)).toEqual([]);
  const released = aDecision(held, { outcome: 'counted', reason: 'released', version: 9 });
  expect(orderApplicationsOf(released)).toEqual(
    subjects.map((one) => ({
      ...{ ...amount, subject: one },
      decision: { version: 9, target: 1, first: 0 },
    })),
  );
  expect(orderApplicationsOf(aJudgedEvent())).toEqual([]);
});
