import { type ProcessedOptions, untilProcessed } from '../../../../deploy/start/processed';

const none = { cleaner: 0, 'cleaner-import': 0, interests: 0, metrics: 0 };

/** Answers in turn, the last one for ever; the clock moves one second a question. */
function aPipeline(
  ...states: readonly { lags?: object; accepted?: number; unaccounted?: number }[]
) {
  let asked = -1;
  const said: string[] = [];
  const state = () => states[Math.min(asked, states.length - 1)] ?? {};
  const options: ProcessedOptions = {
    lags: async () => {
      asked += 1;
      return { ...none, ...state().lags };
    },
    ledger: async () => ({ accepted: 10, unaccounted: 0, ...state() }),
    accepted: 10,
    say: (line) => said.push(line),
    stuckAfterMs: 60_000,
    pollMs: 0,
    now: () => asked * 1000,
  };
  return { options, said, asked: () => asked };
}

test('waits for the groups, then for the ledger to know all of it, then for every row', async () => {
  const pipeline = aPipeline(
    { lags: { cleaner: 5 } },
    { lags: { metrics: 1 } },
    { accepted: 9 },
    { unaccounted: 2 },
    {},
  );
  await untilProcessed(pipeline.options);
  expect(pipeline.asked()).toBe(4);
});

test('a negative count of missing rows is not done either', async () => {
  const pipeline = aPipeline({ unaccounted: -3 }, {});
  await untilProcessed(pipeline.options);
  expect(pipeline.asked()).toBe(1);
});

test('says every five seconds what is left', async () => {
  const slow = Array.from({ length: 12 }, (_, index) => ({ lags: { interests: 20 - index } }));
  const pipeline = aPipeline(...slow, {});
  await untilProcessed(pipeline.options);
  expect(pipeline.said).toEqual([
    'waiting: interests 16 records behind',
    'waiting: interests 11 records behind',
  ]);
});

test('gives up where nothing moves, and says what is left', async () => {
  const pipeline = aPipeline({ lags: { cleaner: 3, metrics: 4 } });
  await expect(untilProcessed(pipeline.options)).rejects.toThrow(
    'nothing has moved for 60 s: cleaner 3 records behind, metrics 4 records behind',
  );
});

test('a server that does not answer is asked again', async () => {
  let failures = 3;
  const pipeline = aPipeline({});
  await untilProcessed({
    ...pipeline.options,
    lags: async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('no broker');
      return none;
    },
  });
  expect(failures).toBe(-1);
});
