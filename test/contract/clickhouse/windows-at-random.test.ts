import type { EventRow } from '../../../services/shared/domain/event-row';
import { createEventsStore } from '../../../services/shared/stores/clickhouse/events-store';
import { createUserHash } from '../../../services/shared/stores/clickhouse/user-hash';
import { rightWindows } from '../../support/window-lines';
import { decided, factRanges, insertInto, realWorld, settle, windowsOn } from './ledger-worlds';
import { pseudoRandom, type Random, rowsAtRandom } from './rows-at-random';

// Each flush takes a dozen statements, and the server is shared.
jest.setTimeout(180_000);

const zones = new Map([['tokyo', 'Asia/Tokyo']]);

/** What is delivered: in any order, some of it twice, some of it decided again. */
function deliveries(random: Random, count: number): readonly (readonly EventRow[])[] {
  const rows = rowsAtRandom(random, count, 2);
  const again = rows.filter(() => random() < 0.15);
  const decisions = rows
    .filter(() => random() < 0.3)
    .map((row, nth) => decided(row, random() < 0.5 ? 'counted' : 'rejected', nth + 1));
  const all = [...rows, ...again, ...decisions].map((row) => ({ row, key: random() }));
  all.sort((a, b) => a.key - b.key);
  const flushes: EventRow[][] = [];
  for (const { row } of all) {
    if (random() < 8 / all.length || flushes.length === 0) flushes.push([]);
    flushes.at(-1)?.push(row);
  }
  return flushes;
}

test.each([1, 2, 3])(
  'windows are a full recomputation’s after any deliveries (seed %i)',
  async (seed) => {
    const world = await realWorld(zones);
    const written: EventRow[] = [];
    for (const flush of deliveries(pseudoRandom(seed), 150)) {
      written.push(...flush);
      await world.write(flush);
      expect(await world.windows()).toEqual(rightWindows(written, zones));
    }
    await world.close();
  },
);

test('two uncoordinated writers leave what one would', async () => {
  const world = await realWorld(zones);
  const flushes = deliveries(pseudoRandom(7), 200);
  const writer = async (mine: readonly (readonly EventRow[])[]) => {
    const events = createEventsStore(world.clickhouse, createUserHash('a key for tests'));
    const windows = windowsOn(world.clickhouse, zones);
    for (const flush of mine) {
      await insertInto(events, flush);
      await settle(windows, factRanges(flush));
    }
  };
  await Promise.all([0, 1].map((nth) => writer(flushes.filter((_, at) => at % 2 === nth))));
  expect(await world.windows()).toEqual(rightWindows(flushes.flat(), zones));
  await world.close();
});
