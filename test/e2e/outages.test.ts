import { lineOf, runRow } from '../outages/row-run';
import { outageRows } from '../outages/rows';
import { aWorld, type World } from '../outages/world';

// Some of the rows of `npm run outages`, and shorter.
jest.setTimeout(120_000);

const rows = outageRows.filter(({ isQuick }) => isQuick);
const named = rows.map((row, nth) => ({ ...row, tenant: `outage-${nth}`, seed: 100 + nth }));

let world: World;
beforeAll(async () => {
  world = await aWorld({ env: process.env, tenants: named.map(({ tenant }) => tenant) });
});
afterAll(() => world?.stop());

test.each(named)('$name: nothing lost, nothing doubled', async (row) => {
  const { tenant, seed } = row;
  const result = await runRow(world, row, {
    ...{ tenant, seed, lastsMs: 1500, normalMs: 500 },
  });
  process.stderr.write(`${lineOf(result)}\n`);
  expect(result.faults).toEqual([]);
  expect([result.lost, result.doubled]).toEqual([0, 0]);
  expect(result.accepted).toBeGreaterThan(50);
});
