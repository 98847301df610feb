import { createRecompute } from '../../../services/metrics/recompute';
import type { WindowChunk } from '../../../services/shared/domain/window';
import { windowKey } from '../../../services/shared/domain/window';
import { TransientError } from '../../../services/shared/runtime/errors';
import { fakeLedger } from '../../support/fakes/ledger';

const minute = 60_000;
const windows = (...minutes: readonly number[]) =>
  minutes.map((nth) => ({ tenant: 'demo', start: nth * minute }));

/** A server that cannot compute some minutes, and nothing where one of them is asked for. */
function aWorld({ bad = [] as number[], away = false } = {}) {
  const asked: string[] = [];
  const ledger = fakeLedger();
  const server = { bad, away };
  const metrics = new Map<string, number>();
  const recompute = createRecompute({
    table: 'channel_1m',
    windows: {
      async recompute(_, { windows: wanted }: WindowChunk) {
        asked.push(wanted.map(({ start }) => start / minute).join());
        if (server.away) throw new TransientError('away', { server: 'clickhouse' });
        if (wanted.some(({ start }) => server.bad.includes(start / minute)))
          throw new Error('too much');
      },
    },
    stuck: ledger,
    maxWindows: 4,
    lookBackMs: 72 * 60 * minute,
    metrics: {
      count: (name, _, by = 1) => metrics.set(name, by),
      set: (name, _, value) => metrics.set(name, value),
    },
    log: { error() {}, info() {} },
  });
  return { asked, aside: ledger.aside, ledger, server, metrics, ...recompute };
}

test('windows are recomputed in chunks, in order', async () => {
  const world = aWorld();
  await world.recompute(windows(5, 1, 2, 3, 4, 9));
  expect(world.asked).toEqual(['1,2,3,4', '5,9']);
  expect(world.metrics.get('tributary_windows_recomputed_total')).toBe(6);
});

test('a window that cannot be computed is found by halving, tried three times and set aside', async () => {
  const world = aWorld({ bad: [3] });
  await world.recompute(windows(1, 2, 3, 4));
  expect(world.asked).toEqual(['1,2,3,4', '1,2', '3,4', '3', '3', '3', '4']);
  expect([...world.aside.values()]).toEqual(windows(3));
  expect(world.metrics.get('tributary_windows_stuck')).toBe(1);
});

test('what is set aside holds up nothing, until a retry mends it', async () => {
  const world = aWorld({ bad: [3] });
  await world.recompute(windows(3));
  world.asked.length = 0;
  await world.recompute(windows(2, 3));
  expect(world.asked).toEqual(['2']);
  await world.retryStuck();
  expect([...world.aside.values()].map(windowKey)).toEqual(['demo/180000']);
  world.server.bad = [];
  await world.retryStuck();
  expect(world.aside.size).toBe(0);
  await world.recompute(windows(3));
  expect(world.asked.slice(1)).toEqual(['3', '3', '3']);
  expect(world.metrics.get('tributary_windows_stuck')).toBe(0);
});

test('another process finds on record what this one set aside', async () => {
  const world = aWorld({ bad: [3] });
  await world.ledger.setAside('channel_1m', { tenant: 'demo', start: 3 * minute });
  await world.retryStuck();
  world.asked.length = 0;
  await world.recompute(windows(3, 4));
  expect(world.asked).toEqual(['4']);
});

test('a server that is away is no fault of the windows', async () => {
  const world = aWorld({ away: true });
  await expect(world.recompute(windows(1))).rejects.toThrow(TransientError);
  expect([world.asked, world.aside.size]).toEqual([['1'], 0]);
});

test('where everything fails it is not the windows: nothing is set aside any more', async () => {
  const all = Array.from({ length: 1004 }, (_, nth) => nth);
  const world = aWorld({ bad: all });
  await expect(world.recompute(windows(...all))).rejects.toThrow(/1000 windows .* are set aside/);
  expect(world.aside.size).toBe(1000);
});
