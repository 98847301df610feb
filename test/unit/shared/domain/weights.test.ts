import { eventTypes } from '../../../../services/shared/domain/event';
import {
  currentWeightsVersion,
  largestWeight,
  weightTable,
} from '../../../../services/shared/domain/weights';

test('version 1 is what version 1 was: a retraction subtracts what it added', () => {
  expect(weightTable(1)).toEqual({
    page_viewed: 1,
    product_list_viewed: 1,
    product_viewed: 1,
    product_clicked: 2,
    promotion_clicked: 2,
    products_searched: 2,
    product_wishlisted: 4,
    product_added: 6,
    product_removed: -3,
    checkout_started: 7,
    payment_info_entered: 7,
    order_completed: 10,
    order_refunded: 0,
    order_cancelled: 0,
    custom: 0,
  });
});

test('every version weighs every type, and fits its four bits in a claim', () => {
  expect(currentWeightsVersion).toBeLessThanOrEqual(15);
  for (let version = 1; version <= currentWeightsVersion; version += 1) {
    expect(Object.keys(weightTable(version) ?? {}).sort()).toEqual([...eventTypes].sort());
  }
  expect(largestWeight).toBe(10);
});

test('what only later code knows is not guessed', () => {
  expect(weightTable(currentWeightsVersion + 1)).toBeUndefined();
  expect(weightTable(0)).toBeUndefined();
});
