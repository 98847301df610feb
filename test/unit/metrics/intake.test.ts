import { createIntake } from '../../../services/metrics/intake';
import { eventRow } from '../../../services/shared/domain/event-row';
import { TransientError } from '../../../services/shared/runtime/errors';
import { aJudgedEvent } from '../../support/event-builders';
import { aClock } from '../../support/fake-clock';
import { FakeRows } from '../../support/fakes/ledger';

const topic = 'a-topic';
const row = (offset: number) =>
  eventRow(aJudgedEvent({ source: { topic, partition: 1, offset } }), Buffer.alloc(10));

function anIntake(part: object = {}) {
  const clock = aClock(0);
  const intake = createIntake({
    ...{ flushRows: 3, lingerMs: 1000, idleMs: 200, maxRows: 4, maxBytes: 1_000_000 },
    ...part,
    begin: () => new FakeRows(),
    clock,
  });
  return { clock, intake };
}

const end = (nextOffset: number) => ({ topic, partition: 1, nextOffset });

test('rows of all batches leave together, with the end of each partition and where they are', async () => {
  const { intake } = anIntake();
  await intake.add([row(1), row(2)], end(3));
  await intake.add([row(3)], end(4));
  await intake.add([row(9)], { ...end(10), partition: 2 });
  const flush = intake.take();
  expect(flush?.rows.rows.map(({ offset }) => offset)).toEqual([1, 2, 3, 9]);
  expect(
    [...(flush?.ends.values() ?? [])].map(({ partition, nextOffset }) => [partition, nextOffset]),
  ).toEqual([
    [1, 4],
    [2, 10],
  ]);
  expect(flush?.facts.offsets).toEqual([{ topic, partition: 1, offsets: { first: 1, last: 9 } }]);
  expect([intake.take(), intake.isEmpty()]).toEqual([null, true]);
});

test('they leave when there are enough, when the first has waited, or when nothing comes any more', async () => {
  const due = async (rows: number, steps: readonly number[]) => {
    const { intake, clock } = anIntake();
    for (const ms of steps) {
      clock.advance(ms);
      await intake.add(
        Array.from({ length: rows }, (_, nth) => row(nth)),
        end(1),
      );
    }
    return { intake, clock };
  };
  expect((await due(3, [0])).intake.isDue()).toBe(true);
  const fresh = await due(1, [0]);
  expect(fresh.intake.isDue()).toBe(false);
  fresh.clock.advance(199);
  expect(fresh.intake.isDue()).toBe(false);
  fresh.clock.advance(1);
  expect(fresh.intake.isDue()).toBe(true);
  const { intake, clock } = anIntake({ flushRows: 100, maxRows: 100 });
  for (let waited = 0; waited < 1000; waited += 100) {
    await intake.add([row(waited)], end(1));
    expect(intake.isDue()).toBe(false);
    clock.advance(100);
  }
  expect(intake.isDue()).toBe(true);
});

test('a batch waits whole until there is room', async () => {
  const { intake } = anIntake();
  await intake.add([row(1), row(2), row(3), row(4)], end(5));
  let added = false;
  const waiting = intake.add([row(5)], end(6)).then(() => {
    added = true;
  });
  await Promise.resolve();
  expect(added).toBe(false);
  expect(intake.take()?.rows.count).toBe(4);
  await waiting;
  expect(intake.take()?.rows.count).toBe(1);
});

test('while the server is away a batch that finds no room is handed back, and nothing of it stays', async () => {
  const { intake } = anIntake();
  const reason = new TransientError('ClickHouse is away', { server: 'clickhouse' });
  await intake.add([row(1), row(2), row(3), row(4)], end(5));
  const waiting = intake.add([row(5)], end(6));
  intake.block(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(intake.add([row(6)], end(7))).rejects.toBe(reason);
  intake.block(null);
  const flush = intake.take();
  expect([flush?.rows.count, flush?.ends.size]).toEqual([4, 1]);
});

test('a full intake is one of too many rows or too many bytes', async () => {
  const { intake } = anIntake({ maxBytes: 1000 });
  await intake.add([row(1), row(2)], end(3));
  let added = false;
  const waiting = intake.add([row(3)], end(4)).then(() => {
    added = true;
  });
  await Promise.resolve();
  expect(added).toBe(false);
  intake.take();
  await waiting;
});
