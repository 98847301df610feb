import { createBreaker } from '../../../services/cleaner/breaker';
import type { RecordBatch } from '../../../services/shared/runtime/stage';

const batchOf = (topic: string): RecordBatch => ({
  ...{ topic, partition: 3, records: [] },
  heartbeat: async () => {},
  isStale: () => false,
});
const click = batchOf('click');
const bad = (count: number) =>
  Array.from({ length: count }, () => ({ reason: 'undecodable' as const }));
const good = (count: number) => Array.from({ length: count }, () => ({ reason: 'clean' as const }));

function aBreaker() {
  const clock = { now: 1_000_000 };
  const breaker = createBreaker(() => clock.now);
  const passes = (...verdicts: readonly { readonly reason: 'undecodable' | 'clean' }[]) =>
    breaker.check(click, verdicts)();
  return { breaker, clock, passes };
}

test('100 in a row stop the partition, also over several batches, and for good', () => {
  const { breaker, passes } = aBreaker();
  passes(...bad(60));
  passes(...bad(39));
  expect(() => passes(...bad(1))).toThrow(/^click\/3 stands still: 100 records in a row/);
  expect(() => passes(...good(1))).toThrow(/DECODE_BREAKER=false/);
  breaker.check(batchOf('cart'), bad(99))();
});

test('a sound record ends a run; one in the same batch comes too late', () => {
  const { passes } = aBreaker();
  passes(...bad(99), ...good(1), ...bad(9));
  passes(...good(1));
  expect(() => passes(...bad(100), ...good(1))).toThrow(/100 records in a row/);
});

test('a batch that comes again counts once', () => {
  const { breaker, passes } = aBreaker();
  for (let time = 0; time < 5; time += 1) breaker.check(click, bad(60));
  passes(...bad(60));
  expect(() => passes(...bad(40))).toThrow(/in a row/);
});

test('more than one in a hundred over a minute, once there are a thousand', () => {
  const { passes } = aBreaker();
  passes(...good(880), ...bad(9));
  passes(...good(100));
  passes(...good(100), ...bad(1));
  expect(() => passes(...good(1), ...bad(1))).toThrow(/11 of the last 1092 records/);
});

test('what was more than two minutes ago does not count', () => {
  const { clock, passes } = aBreaker();
  passes(...good(500), ...bad(50));
  clock.now += 130_000;
  passes(...good(2000), ...bad(15));
});

test('other dead letters are nobody’s fault here', () => {
  const { breaker } = aBreaker();
  breaker.check(
    click,
    Array.from({ length: 5000 }, () => ({ reason: 'not_avro' as const })),
  )();
});
