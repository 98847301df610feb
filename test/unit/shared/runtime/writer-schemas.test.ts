import { parseAvro } from '../../../../services/shared/runtime/avro';
import { TransientError } from '../../../../services/shared/runtime/errors';
import type { Registry } from '../../../../services/shared/runtime/registry';
import { createWriterSchemas } from '../../../../services/shared/runtime/writer-schemas';

const text = '{"type":"record","name":"T","fields":[{"name":"a","type":"string"}]}';

/** A registry that knows these ids, and keeps the questions; the test may make it fail. */
function aRegistry(known: ReadonlySet<number>, mostUnknown?: number, patienceMs?: number) {
  const asked: number[] = [];
  const state = { down: false, slow: Promise.resolve(), atOnce: 0, mostAtOnce: 0, wholeAsked: 0 };
  const registry: Pick<Registry, 'schemaText'> = {
    async schemaText(id) {
      asked.push(id);
      state.atOnce += 1;
      state.mostAtOnce = Math.max(state.mostAtOnce, state.atOnce);
      await new Promise(setImmediate);
      await state.slow;
      state.atOnce -= 1;
      if (state.down) throw new TransientError('down', { server: 'registry' });
      return known.has(id) ? text : null;
    },
  };
  const schemas = createWriterSchemas({
    registry: registry as Registry,
    reader: parseAvro(text),
    assertWhole: async () => {
      state.wholeAsked += 1;
    },
    mostUnknown,
    patienceMs,
  });
  return { schemas, asked, state };
}

const ids = (...some: number[]) => new Set(some);

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

test('an id is asked for once, however many ask for it at the same time', async () => {
  const { schemas, asked } = aRegistry(ids(1));
  await Promise.all([
    schemas.prepare(ids(1, 2)),
    schemas.prepare(ids(2, 1)),
    schemas.prepare(ids(1)),
  ]);
  await schemas.prepare(ids(1, 2));
  expect([...asked].sort()).toEqual([1, 2]);
  expect(schemas.get(1).state).toBe('known');
  expect(schemas.get(2).state).toBe('unknown');
});

test('an unknown id is asked for again after half a minute: it may have come', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  const known = new Set<number>();
  const { schemas, asked } = aRegistry(known);
  await schemas.prepare(ids(5));
  known.add(5);
  jest.advanceTimersByTime(29_000);
  await schemas.prepare(ids(5));
  expect({ asked, state: schemas.get(5).state }).toEqual({ asked: [5], state: 'unknown' });
  jest.advanceTimersByTime(2000);
  await schemas.prepare(ids(5));
  expect({ asked, state: schemas.get(5).state }).toEqual({ asked: [5, 5], state: 'known' });
});

test('a failure is told to all who wait, and remembered by none', async () => {
  const { schemas, asked, state } = aRegistry(ids(1));
  state.down = true;
  const outcomes = await Promise.allSettled([schemas.prepare(ids(1)), schemas.prepare(ids(1))]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
  state.down = false;
  await schemas.prepare(ids(1));
  expect(asked).toEqual([1, 1]);
});

test('a flood of made-up ids is asked for a few at a time and forgotten again', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  const { schemas, asked, state } = aRegistry(ids(7), Number.POSITIVE_INFINITY);
  await schemas.prepare(ids(7));
  await schemas.prepare(new Set(Array.from({ length: 1500 }, (_, at) => 1000 + at)));
  expect(state.mostAtOnce).toBeLessThanOrEqual(4);
  expect(schemas.get(1000).state).toBe('unknown');
  jest.advanceTimersByTime(61_000);
  await schemas.prepare(ids(7));
  await schemas.prepare(ids(3000));
  expect(() => schemas.get(1000)).toThrow('prepare()');
  expect(schemas.get(7).state).toBe('known');
  expect(asked.filter((id) => id === 7)).toHaveLength(1);
});

test('ids of a batch that takes minutes to ask for are not forgotten meanwhile', async () => {
  const { schemas, state } = aRegistry(ids(1), Number.POSITIVE_INFINITY);
  const flood = many(1000, 1500);
  const preparing = schemas.prepare(flood);
  while (state.wholeAsked < 300) await new Promise(setImmediate);
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + 61_000);
  await schemas.prepare(ids(1));
  await preparing;
  expect([...flood].every((id) => schemas.get(id).state === 'unknown')).toBe(true);
});

test('a registry that takes its time holds nobody up: its answer is there for a later try', async () => {
  const { schemas, asked, state } = aRegistry(ids(1), undefined, 100);
  let answer = () => {};
  state.slow = new Promise((resolve) => {
    answer = resolve;
  });
  const begunAt = performance.now();
  await expect(schemas.prepare(ids(1))).rejects.toThrow('has not answered yet');
  await expect(schemas.prepare(ids(1))).rejects.toMatchObject({ server: 'registry' });
  expect(performance.now() - begunAt).toBeLessThan(2000);
  answer();
  await new Promise((resolve) => setTimeout(resolve, 10));
  await schemas.prepare(ids(1));
  expect([schemas.get(1).state, asked]).toEqual(['known', [1]]);
});

const many = (from: number, count: number) =>
  new Set(Array.from({ length: count }, (_, nth) => from + nth));

test('beyond a handful of unknown ids the rest waits, and none of it is called unknown', async () => {
  const { schemas, asked, state } = aRegistry(ids());
  const flood = many(1000, 10_000);
  await expect(schemas.prepare(flood)).rejects.toThrow(/DECODE_BREAKER=false/);
  await expect(schemas.prepare(flood)).rejects.toThrow(TransientError);
  const requests = asked.length + state.wholeAsked;
  expect({ ids: asked.length, requests }).toEqual({ ids: 9, requests: 13 });
  expect(schemas.get(1000).state).toBe('unknown');
  expect(() => schemas.get(1500)).toThrow('prepare()');
});

test('sound ids of others are asked for in the middle of a flood', async () => {
  const { schemas } = aRegistry(ids(1, 2));
  await expect(schemas.prepare(many(1000, 100))).rejects.toThrow(TransientError);
  await schemas.prepare(ids(2));
  await schemas.prepare(ids(1, 1000));
  expect([1, 2].map((id) => schemas.get(id).state)).toEqual(['known', 'known']);
});

test('new sound ids are no flood, however many', async () => {
  const { schemas, asked } = aRegistry(many(1, 50));
  await schemas.prepare(many(1, 50));
  expect(asked).toHaveLength(50);
});

test('some more than a handful pass within minutes', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  const { schemas } = aRegistry(ids());
  const some = many(1000, 20);
  let tries = 0;
  for (let passed = false; !passed && tries < 10; tries += 1) {
    passed = await schemas.prepare(some).then(
      () => true,
      () => false,
    );
    jest.advanceTimersByTime(31_000);
  }
  expect(tries).toBe(3);
  expect([...some].every((id) => schemas.get(id).state === 'unknown')).toBe(true);
});

test('a registry that is down is told by one question', async () => {
  const { schemas, asked, state } = aRegistry(ids());
  state.down = true;
  await expect(schemas.prepare(many(1, 100))).rejects.toThrow('down');
  expect(asked).toEqual([1]);
});
