import { within } from '../../../../services/shared/runtime/within';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Work that is done, or fails, when the test says so. */
function open<T>() {
  let done: (value: T) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const work = new Promise<T>((resolve, reject) => {
    [done, fail] = [resolve, reject];
  });
  return { work, done, fail };
}

test('work that is done in time gives what it comes to, and leaves no timer behind', async () => {
  const { work, done } = open<number>();
  const first = within(1000, work, () => 'late' as const);
  await jest.advanceTimersByTimeAsync(999);
  done(7);
  expect(await first).toBe(7);
  expect(jest.getTimerCount()).toBe(0);
});

test('work that fails in time fails as it did, and leaves no timer behind', async () => {
  const { work, fail } = open<number>();
  const first = within(1000, work, () => 'late' as const);
  fail(new Error('refused'));
  await expect(first).rejects.toThrow('refused');
  expect(jest.getTimerCount()).toBe(0);
});

test('late work is answered for, and its own failure troubles nobody', async () => {
  const { work, fail } = open<number>();
  const first = within(1000, work, () => 'late' as const);
  await jest.advanceTimersByTimeAsync(1000);
  expect(await first).toBe('late');
  fail(new Error('at last'));
  await jest.advanceTimersByTimeAsync(0);
});

test('what is thrown for late work is what the caller gets', async () => {
  const first = within(1000, open<number>().work, () => {
    throw new Error('no answer within 1 s');
  });
  const failure = expect(first).rejects.toThrow('no answer within 1 s');
  await jest.advanceTimersByTimeAsync(1000);
  await failure;
});

test('the time is not asked where there is nothing to wait for', async () => {
  expect(await within(0, 'at hand', () => 'late')).toBe('at hand');
});
