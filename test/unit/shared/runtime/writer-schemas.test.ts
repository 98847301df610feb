import { parseAvro } from '../../../../services/shared/runtime/avro';
import { TransientError } from '../../../../services/shared/runtime/errors';
import type { Registry } from '../../../../services/shared/runtime/registry';
import { createWriterSchemas } from '../../../../services/shared/runtime/writer-schemas';

const text = '{"type":"record","name":"T","fields":[{"name":"a","type":"string"}]}';

/** A registry that knows these ids, and keeps the questions; the test may make it fail. */
function aRegistry(known: ReadonlySet<number>) {
  const asked: number[] = [];
  const state = { down: false, atOnce: 0, mostAtOnce: 0 };
  const registry: Pick<Registry, 'schemaText'> = {
    async schemaText(id) {
      asked.push(id);
      state.atOnce += 1;
      state.mostAtOnce = Math.max(state.mostAtOnce, state.atOnce);
      await new Promise(setImmediate);
      state.atOnce -= 1;
      if (state.down) throw new TransientError('down', { server: 'registry' });
      return known.has(id) ? text : null;
    },
  };
  const schemas = createWriterSchemas({
    registry: registry as Registry,
    reader: parseAvro(text),
    assertWhole: async () => {},
  });
  return { schemas, asked, state };
}

const ids = (...some: number[]) => new Set(some);

afterEach(() => jest.useRealTimers());

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
  const { schemas, asked, state } = aRegistry(ids(7));
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
