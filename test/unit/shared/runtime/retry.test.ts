import fc from 'fast-check';
import { FatalError, TransientError } from '../../../../services/shared/runtime/errors';
import { backoffMs, retry } from '../../../../services/shared/runtime/retry';

const quick = { attempts: 5, baseMs: 1, maxMs: 2 };

/** Fails with these errors, one a call, then answers. */
function failing(errors: readonly Error[]): { fn: () => Promise<string>; calls: () => number } {
  let calls = 0;
  return {
    calls: () => calls,
    fn: async () => {
      const error = errors[calls];
      calls += 1;
      if (error !== undefined) throw error;
      return 'answer';
    },
  };
}

test('a passing failure is tried again, and each wait is told before it begins', async () => {
  const { fn, calls } = failing([new TransientError('one'), new TransientError('two')]);
  const told: string[] = [];
  const answer = await retry(fn, {
    ...quick,
    onRetry: (error, attempt) => told.push(`${attempt} ${error.message}`),
  });
  expect({ answer, calls: calls(), told }).toEqual({
    answer: 'answer',
    calls: 3,
    told: ['1 one', '2 two'],
  });
});

test('the last failure is thrown when the attempts are used up', async () => {
  const { fn, calls } = failing(Array.from({ length: 9 }, (_, at) => new TransientError(`${at}`)));
  await expect(retry(fn, quick)).rejects.toThrow('4');
  expect(calls()).toBe(5);
});

test.each([new FatalError('f'), new TypeError('t'), new Error('e')])(
  'any other failure is thrown at once: %p',
  async (error) => {
    const { fn, calls } = failing([error]);
    await expect(retry(fn, quick)).rejects.toBe(error);
    expect(calls()).toBe(1);
  },
);

test('an aborted signal ends the waiting', async () => {
  const abort = new AbortController();
  const { fn, calls } = failing([new TransientError('one')]);
  const trying = retry(fn, { attempts: 9, baseMs: 60_000, maxMs: 60_000, signal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  await expect(trying).rejects.toThrow('abort');
  expect(calls()).toBe(1);
});

test('waits double up to the bound, between half and the whole of it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 500 }),
      (attempt, baseMs) => {
        const whole = Math.min(5000, baseMs * 2 ** (attempt - 1));
        const wait = backoffMs(attempt, { baseMs, maxMs: 5000 });
        expect(wait).toBeGreaterThanOrEqual(Math.floor(whole / 2));
        expect(wait).toBeLessThanOrEqual(Math.ceil(whole));
      },
    ),
  );
});
