import { createGaps } from '../../../services/metrics/gaps';
import type { OffsetRange, PartitionLog } from '../../../services/shared/domain/ledger';
import type { SourceRecord } from '../../../services/shared/runtime/stage';
import { aClock } from '../../support/fake-clock';
import { tableOf } from '../../support/fakes/ledger-table';

const at = { topic: 'clicks', partition: 0 };
const range = (from: number, to: number): OffsetRange => ({ ...at, from, to });
const recordAt = (offset: number): SourceRecord => ({
  ...{ ...at, offset, appendedAt: 5, key: null, value: Buffer.from([offset]) },
});

/** Rows at these offsets, and a Kafka with records at those. */
function aWorld(rows: readonly number[], records: readonly number[], settled: number) {
  const clock = aClock(0);
  const table = tableOf(rows.map((offset) => ({ ...at, offset })));
  const lookedUp: (readonly OffsetRange[])[] = [];
  const resent: number[] = [];
  const warned: unknown[] = [];
  const mended: unknown[] = [];
  const gaps = createGaps({
    table,
    settled: { look: async () => new Map([['clicks/0', settled]]) },
    async lookUp(ranges) {
      if (ranges.length > 0) lookedUp.push(ranges);
      const offsets = ranges.flatMap(({ from, to }) =>
        Array.from({ length: to - from }, (_, nth) => from + nth),
      );
      const there = offsets.filter((offset) => records.includes(offset));
      const voids = offsets.filter((offset) => !records.includes(offset));
      return {
        records: there.map(recordAt),
        voids: voids.map((offset) => range(offset, offset + 1)),
      };
    },
    resend: async ({ offset }) => void resent.push(offset),
    clock,
    log: { error: () => {}, warn: (fields) => void warned.push(fields) },
    metrics: { count: (_, labels, by) => void mended.push([...Object.values(labels), by]) },
  });
  const mend = (log: Partial<PartitionLog> = {}) => {
    const one = { ...at, logStart: 0, logEnd: 10, ...log };
    return gaps.mend([one], [{ ...at, firstOffset: 0, logEnd: one.logEnd }]);
  };
  return { mend, table, lookedUp, resent, warned, mended, clock };
}

test('nothing is looked up where every settled record has its row', async () => {
  const world = aWorld([0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6], 5);
  expect(await world.mend()).toEqual([]);
  expect([world.lookedUp, world.resent]).toEqual([[], []]);
});

test('an offset without a record gets a void row, a record without a row is sent again', async () => {
  const world = aWorld([0, 1, 4, 5, 6, 7, 8, 9], [0, 1, 3, 4, 5, 6, 7, 8, 9], 10);
  expect(await world.mend()).toEqual([{ ...at, kind: 'resent', records: 1, offset: 3 }]);
  expect(world.lookedUp).toEqual([[range(2, 4)]]);
  expect(world.table.voids).toEqual([2]);
  expect(world.resent).toEqual([3]);
  expect(world.mended).toEqual([
    ['void', 1],
    ['resent', 1],
  ]);
  expect(world.warned).toEqual([{ ...at, offset: 3 }]);
});

test('a record is given a minute to get its row before it is sent once more', async () => {
  const world = aWorld([0], [0, 1], 2);
  await world.mend();
  world.clock.advance(59_000);
  expect(await world.mend()).toEqual([]);
  world.clock.advance(2000);
  await world.mend();
  expect(world.resent).toEqual([1, 1]);
});

test('what Kafka has deleted is lost, each time it is looked at', async () => {
  const world = aWorld([5, 6, 7, 8, 9], [5, 6, 7, 8, 9], 10);
  const lost = [{ ...at, kind: 'lost', records: 5, offset: 0 }];
  expect(await world.mend({ logStart: 5 })).toEqual(lost);
  expect(await world.mend({ logStart: 5 })).toEqual(lost);
  expect(world.lookedUp).toEqual([]);
});

test('the end of a log that stands still is looked up once; records there are on their way', async () => {
  const world = aWorld([0, 1], [0, 1, 2], 2);
  await world.mend({ logEnd: 4 });
  expect(world.lookedUp).toEqual([]);
  await world.mend({ logEnd: 4 });
  expect(world.lookedUp).toEqual([[range(2, 4)]]);
  expect([world.table.voids, world.resent]).toEqual([[3], []]);
  await world.mend({ logEnd: 4 });
  expect(world.lookedUp).toHaveLength(1);
});
