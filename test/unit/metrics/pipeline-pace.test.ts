import { createPipeline, type Pipeline } from '../../../services/metrics/pipeline';
import { eventRow } from '../../../services/shared/domain/event-row';
import { TransientError } from '../../../services/shared/runtime/errors';
import { aJudgedEvent, anEvent, noon } from '../../support/event-builders';
import { aClock } from '../../support/fake-clock';
import { fakeLedger } from '../../support/fakes/ledger';
import { keepingLog } from '../../support/log-lines';

const second = 1000;
const stepMs = 50;

/** A pipeline in fake time, and what it did at which second. */
function aWorld({ recomputeMs = 0, maxRows = 1000 } = {}) {
  const clock = aClock(0);
  const ledger = fakeLedger();
  const did: string[] = [];
  const note = (what: string) => void did.push(`${clock.now() / second} ${what}`);
  const server = { away: false, hangs: false };
  const pipeline = createPipeline({
    events: {
      begin: ledger.begin,
      async insert(rows) {
        if (server.away) throw new TransientError('away', { server: 'clickhouse' });
        note('insert');
        return ledger.insert(rows);
      },
    },
    windows: {
      ...ledger,
      async touched(table) {
        clock.advance(recomputeMs);
        if (server.hangs) await new Promise(() => {});
        note(table);
        return [];
      },
    },
    stuck: ledger,
    deadLetters: { publish: async () => {} },
    codec: { decode: () => ({ ok: false, reason: 'empty_value', message: '' }) },
    mark: ({ nextOffset }) => note(`mark ${nextOffset}`),
    onFatal(error) {
      throw error;
    },
    settings: {
      ...{ flushRows: 1000, lingerMs: second, idleMs: 250, maxRows, maxBytes: 1e9 },
      paces: {
        channel_1m: { everyMs: second, restFactor: 600, idleEveryMs: second },
        funnel_1h: { everyMs: 30 * second, restFactor: 600, idleEveryMs: second },
      },
      ...{
        maxWindows: 100,
        lookBackMs: 1e9,
        stuckEveryMs: 1e9,
        noProgressMs: 60 * second,
        retryBaseMs: 100,
        retryMaxMs: 100,
      },
    },
    clock,
    timed: async (_, work) => work(),
    metrics: { count() {}, set() {}, observe() {} },
    log: keepingLog().log,
  });
  return { clock, did, server, pipeline };
}

let offset = 0;
function add(pipeline: Pipeline): Promise<void> {
  offset += 1;
  const source = { topic: 't', partition: 0, offset };
  const row = eventRow(
    aJudgedEvent({ source, event: anEvent({ eventAt: noon }) }),
    Buffer.alloc(0),
  );
  return pipeline.intake.add([row], { topic: 't', partition: 0, nextOffset: offset + 1 });
}

/** Lets time pass, with an event every so often. */
async function pass(
  world: ReturnType<typeof aWorld>,
  ms: number,
  everyMs = Number.POSITIVE_INFINITY,
) {
  const end = world.clock.now() + ms;
  let nextAt = world.clock.now() + (everyMs === Number.POSITIVE_INFINITY ? everyMs : 0);
  while (world.clock.now() < end) {
    if (world.clock.now() >= nextAt) {
      nextAt += everyMs;
      await add(world.pipeline);
    }
    world.pipeline.tick();
    await new Promise((resolve) => setImmediate(resolve));
    world.clock.advance(stepMs);
  }
}

const times = (did: readonly string[], what: string) =>
  did.filter((one) => one.includes(what)).map((one) => Number(one.split(' ')[0]));

beforeEach(() => {
  offset = 0;
});

test('while records come, minutes follow every second, hours every thirty, and offsets wait for both', async () => {
  const world = aWorld();
  await pass(world, 62 * second, 100);
  const gaps = (what: string) => {
    const at = times(world.did, what);
    return at.slice(1).map((time, nth) => time - (at[nth] ?? 0));
  };
  expect(Math.min(...gaps('channel_1m'))).toBeGreaterThanOrEqual(1);
  expect(times(world.did, 'channel_1m').length).toBeGreaterThan(40);
  expect(gaps('funnel_1h')).toEqual([30.05, 30.05].map((gap) => expect.closeTo(gap, 0)));
  for (const marked of times(world.did, 'mark')) {
    expect(times(world.did, 'funnel_1h').some((at) => marked - at >= 0 && marked - at < 1)).toBe(
      true,
    );
  }
});

test('recomputing takes no more than its share, however long it takes', async () => {
  const world = aWorld({ recomputeMs: 2 * second });
  await pass(world, 100 * second, 100);
  expect(times(world.did, 'channel_1m').length).toBeLessThanOrEqual(7);
  expect(times(world.did, 'channel_1m').length).toBeGreaterThanOrEqual(4);
});

test('when nothing comes any more everything is done within a second or so', async () => {
  const world = aWorld();
  await pass(world, 3 * second, 100);
  await pass(world, 2 * second);
  const last = offset + 1;
  expect(times(world.did, `mark ${last}`).at(0)).toBeLessThan(3 + 1.4);
});

test('a server that is away holds everything up, and nothing is lost when it is back', async () => {
  const world = aWorld({ maxRows: 3 });
  world.server.away = true;
  await add(world.pipeline);
  await pass(world, 5 * second);
  expect(world.did).toEqual([]);
  for (let rows = 0; rows < 3; rows += 1) await add(world.pipeline);
  await expect(add(world.pipeline)).rejects.toThrow('away');
  world.server.away = false;
  await pass(world, 5 * second);
  expect(times(world.did, 'insert')).toHaveLength(2);
  expect(times(world.did, 'mark 5')).toHaveLength(1);
});

test('it is not live when nothing is finished although no server is down', async () => {
  const world = aWorld();
  await pass(world, 300 * second);
  world.server.away = true;
  await add(world.pipeline);
  await pass(world, 120 * second);
  expect(world.pipeline.live()).toEqual({ ok: true });
  Object.assign(world.server, { away: false, hangs: true });
  await pass(world, 50 * second);
  expect(world.pipeline.live()).toEqual({ ok: true });
  await pass(world, 20 * second);
  expect(world.pipeline.live()).toEqual({
    ok: false,
    why: expect.stringMatching(/^nothing was marked for \d+ s$/),
  });
});
