import { createRedisState } from '../../../../../services/shared/stores/redis/state';

/** A Redis that may be started anew, emptied or rebuilt, and what is done about it. */
function aWorld() {
  const effects: string[] = [];
  const redis = { runId: 'r1', canary: null as string | null };
  let disconnect = () => {};
  let wentBack = () => {};
  let isNew = true;
  let cannot = false;
  const state = createRedisState({
    canary: {
      sign: async () => ({ ...redis }),
      async begin() {
        redis.canary ??= 'c1';
        effects.push('begin');
        return redis.canary;
      },
    },
    onDisconnected: (callback) => {
      disconnect = callback;
    },
    isNew: async () => isNew,
    goBack: () => {
      effects.push('go back');
      return new Promise((resolve) => {
        wentBack = resolve;
      });
    },
    async complete({ runId }) {
      effects.push(`complete ${runId}`);
      if (cannot) throw new Error('Kafka is away');
    },
    onIncomplete: (error) => void effects.push((error as Error).message),
    onLost: (why) => effects.push(why === null ? 'found' : 'lost'),
  });
  return {
    ...{ state, effects, redis },
    disconnect: () => disconnect(),
    async wentBack() {
      wentBack();
      await new Promise(setImmediate);
    },
    completes: (can: boolean) => {
      cannot = !can;
    },
    consumed: () => {
      isNew = false;
    },
  };
}

const passing = { name: 'TransientError', server: 'redis' };

test('a new Redis gets a canary, and is looked at once a connection', async () => {
  const { state, effects } = aWorld();
  expect(await Promise.all([state.assured(), state.assured()])).toEqual(['c1', 'c1']);
  expect(await state.assured()).toBe('c1');
  expect(effects).toEqual(['begin', 'complete r1']);
});

test('an empty Redis is no new one where records were consumed', async () => {
  const { state, effects, redis, consumed } = aWorld();
  consumed();
  await expect(state.assured()).rejects.toMatchObject(passing);
  await expect(state.assured()).rejects.toThrow(/npm run rebuild/);
  expect(state.lost()).toMatch(/canary is gone/);
  redis.canary = 'rebuilt';
  expect(await state.assured()).toBe('rebuilt');
  expect(state.lost()).toBeNull();
  expect(effects).toEqual(['lost', 'found', 'complete r1']);
});

test('emptied while it runs: lost until it is rebuilt, and then the consumers go back', async () => {
  const { state, effects, redis, consumed, wentBack } = aWorld();
  await state.assured();
  consumed();
  redis.canary = null;
  state.doubt();
  await expect(state.assured()).rejects.toThrow(/lost its state/);
  redis.canary = 'c2';
  await expect(state.assured()).rejects.toThrow(/repeated first/);
  await wentBack();
  expect(await state.assured()).toBe('c2');
  expect(effects).toEqual(['begin', 'complete r1', 'lost', 'found', 'go back', 'complete r1']);
});

test('another run id: nothing is written until the consumers have gone back', async () => {
  const { state, effects, redis, disconnect, wentBack } = aWorld();
  await state.assured();
  disconnect();
  expect(await state.assured()).toBe('c1');
  redis.runId = 'r2';
  disconnect();
  await expect(state.assured()).rejects.toMatchObject(passing);
  await expect(state.assured()).rejects.toThrow(/repeated first/);
  await wentBack();
  expect(await state.assured()).toBe('c1');
  expect(effects).toEqual(['begin', 'complete r1', 'go back', 'complete r2']);
});

test('a connection that is lost while it is looked at proves nothing', async () => {
  const { state, disconnect } = aWorld();
  const asked = state.assured();
  disconnect();
  await expect(asked).rejects.toThrow(/connection was lost/);
  expect(await state.assured()).toBe('c1');
});

test('nothing is written to a server that could not be completed, the first or another', async () => {
  const { state, effects, redis, disconnect, wentBack, completes } = aWorld();
  completes(false);
  await expect(state.assured()).rejects.toThrow('Kafka is away');
  completes(true);
  expect(await state.assured()).toBe('c1');
  redis.runId = 'r2';
  disconnect();
  completes(false);
  await expect(state.assured()).rejects.toThrow(/repeated first/);
  await wentBack();
  completes(true);
  await expect(state.assured()).rejects.toThrow(/repeated first/);
  await wentBack();
  expect(await state.assured()).toBe('c1');
  expect(effects).toEqual([
    ...['begin', 'complete r1', 'complete r1'],
    ...['go back', 'complete r2', 'Kafka is away', 'go back', 'complete r2'],
  ]);
});
