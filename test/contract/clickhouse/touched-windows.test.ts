import type { EventRow } from '../../../services/shared/domain/event-row';
import { type Window, windowKey, windowTableNames } from '../../../services/shared/domain/window';
import { touchedWindows } from '../../simulation/touched';
import { decided, factRanges, realWorld, windowsOn } from './ledger-worlds';
import { pick, pseudoRandom, type Random, rowsAtRandom } from './rows-at-random';

jest.setTimeout(120_000);

const hour = 3_600_000;
const zones = new Map([['tokyo', 'Asia/Tokyo']]);
const reach = { lookBackMs: 72 * hour, conversionWindowMs: 24 * hour, zones };

const namesOf = (windows: readonly Window[]) => windows.map(windowKey).sort();

/** Facts as flushes have them: of one row, of neighbours, and of rows from anywhere. */
function someFacts(random: Random, rows: readonly EventRow[]): readonly EventRow[] {
  const count = pick(random, [1, 1, 2, 5]);
  if (random() < 0.5) return Array.from({ length: count }, () => pick(random, rows));
  const from = Math.floor(random() * rows.length);
  return rows.slice(from, from + count);
}

/** The simulation asks the function, the service the statement: where they part, what the simulation
 *  shows is true of another program. */
test.each([1, 2])('the statement touches what the simulation says (seed %i)', async (seed) => {
  const random = pseudoRandom(seed);
  const rows = rowsAtRandom(random, 250, 25);
  const again = rows.filter(() => random() < 0.2).map((row) => decided(row, 'rejected', 1));
  const world = await realWorld(zones);
  const windows = windowsOn(world.clickhouse, zones);
  await world.writeOnly(rows);
  await world.writeOnly(again);
  const sizes = new Set<number>();
  for (let times = 0; times < 40; times += 1) {
    const facts = factRanges(someFacts(random, rows));
    for (const table of windowTableNames) {
      const touched = namesOf(await windows.touched(table, facts));
      expect(touched).toEqual(namesOf(touchedWindows(table, rows, facts, reach)));
      sizes.add(touched.length);
    }
  }
  expect(sizes.size).toBeGreaterThan(10);
  await world.close();
});
