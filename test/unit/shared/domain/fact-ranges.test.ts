import { FactRanges } from '../../../../services/shared/domain/fact-ranges';

const fact = (offset: number, part: object = {}) => ({
  ...{ topic: 't', partition: 0, offset, appendedAt: 1000 + offset, eventAt: 5000, orderKey: '' },
  ...part,
});

test('facts are found by partition, append time and event time', () => {
  const facts = new FactRanges();
  expect(facts.isEmpty).toBe(true);
  for (const one of [fact(5), fact(6), fact(1, { partition: 2 }), fact(7, { eventAt: 9e9 })]) {
    facts.add(one);
  }
  expect(facts.offsets).toEqual([
    { topic: 't', partition: 0, offsets: { first: 5, last: 7 } },
    { topic: 't', partition: 2, offsets: { first: 1, last: 1 } },
  ]);
  expect(facts.appendedAt.spans).toEqual([{ first: 1001, last: 1007 }]);
  expect(facts.eventAt.spans).toEqual([
    { first: 5000, last: 5000 },
    { first: 9e9, last: 9e9 },
  ]);
  expect([facts.isEmpty, facts.hasOrders]).toEqual([false, false]);
});

test('a decision on an old record does not stretch the range over all that lies between', () => {
  const facts = new FactRanges();
  for (const one of [fact(1_000_000), fact(3), fact(1_000_001, { orderKey: 'o' })]) facts.add(one);
  const sum = new FactRanges();
  sum.addAll(facts);
  expect(sum.offsets.map(({ offsets }) => offsets)).toEqual([
    { first: 3, last: 3 },
    { first: 1_000_000, last: 1_000_001 },
  ]);
  expect(sum.hasOrders).toBe(true);
});
