import { ledgerCheckTask } from '../../../services/metrics/ledger-check';
import type { Finding, PartitionLog } from '../../../services/shared/domain/ledger';
import { aClock } from '../../support/fake-clock';
import { tableOf } from '../../support/fakes/ledger-table';

const at = { topic: 'clicks', partition: 0 };
const row = (offset: number, part: object = {}) => ({ ...at, offset, ...part });
const log = (logEnd: number): PartitionLog => ({ ...at, logStart: 0, logEnd });

function aWorld(table: ReturnType<typeof tableOf>, ends: number[], found: readonly Finding[] = []) {
  const said: unknown[] = [];
  const set: unknown[] = [];
  let doubled = 0;
  const task = ledgerCheckTask({
    kafka: {
      logs: async () => [log((ends.length > 1 ? ends.shift() : ends[0]) as number)],
      reviewLogs: async () => [{ topic: 'review', partition: 0, logStart: 0, logEnd: 3 }],
    },
    table,
    gaps: { mend: async () => found },
    ledger: async () => {
      return { accepted: 10, unaccounted: null, doubled, topics: [] };
    },
    clock: aClock(7000),
    everyMs: 10_000,
    log: { error: (fields) => void said.push(fields), warn: () => {} },
    metrics: {
      set: (name, labels, value) => void set.push([name, ...Object.values(labels), value]),
    },
  });
  return { task, said, set, double: (by: number) => (doubled += by) };
}

test('rows and records that are the same are no news', async () => {
  const world = aWorld(
    tableOf([row(0), row(1), { topic: 'review', partition: 0, offset: 2 }]),
    [2],
  );
  await world.task.run();
  expect(world.said).toEqual([]);
  expect(world.set).toContainEqual(['tributary_ledger_findings', 'beyond_end', 0]);
  expect(world.set).toContainEqual(['tributary_accepted_events', 10]);
});

test('a row that was written since the end was asked for is none too many', async () => {
  const table = tableOf([row(0), row(1), row(2)]);
  await aWorld(table, [2, 3]).task.run();
  expect(table.writes).toEqual([]);
});

test('rows beyond the end, before the first offset and of no partition are named once', async () => {
  const firsts = [{ ...at, firstOffset: 1, logEnd: 0 }];
  const table = tableOf([row(0), row(1), row(900), row(5, { partition: 77 })], firsts);
  const world = aWorld(table, [2]);
  const found = [
    { ...at, kind: 'before_first', records: 1, offset: 0 },
    { ...at, kind: 'beyond_end', records: 1, offset: 900 },
    { ...at, partition: 77, kind: 'no_partition', records: 1, offset: 5 },
  ];
  await world.task.run();
  await world.task.run();
  expect(world.said).toEqual(found);
  expect(table.writes).toEqual([found]);
  expect(world.set).toContainEqual(['tributary_ledger_findings', 'beyond_end', 1]);
});

test('what is no longer so is taken back; that a record was sent again stays', async () => {
  const lost: Finding = { ...at, kind: 'lost', records: 2, offset: 4 };
  const resent: Finding = { ...at, kind: 'resent', records: 1, offset: 8 };
  const table = tableOf([row(0)]);
  const found = [lost, resent];
  const world = aWorld(table, [1], found);
  await world.task.run();
  found.length = 0;
  await world.task.run();
  expect(table.writes).toEqual([[lost, resent], [{ ...lost, records: 0 }]]);
  expect(world.said).toEqual([lost]);
});

test('a message that is counted twice is said once', async () => {
  const world = aWorld(tableOf([row(0)]), [1]);
  world.double(1);
  await world.task.run();
  await world.task.run();
  expect(world.said).toEqual([{ doubled: 1, where: [] }]);
  expect(world.set).toContainEqual(['tributary_doubled_events', 1]);
});

test('it is compared less often the longer it takes', () => {
  const { task } = aWorld(tableOf([]), [0]);
  const due = (now: number, tookMs: number) => task.isDue({ now, endedAt: 0, tookMs });
  expect([due(9999, 10), due(10_000, 10), due(10_000, 1000), due(20_000, 1000)]).toEqual([
    ...[false, true, false, true],
  ]);
});
