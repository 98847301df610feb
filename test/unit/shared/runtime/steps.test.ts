import { createStepTimer } from '../../../../services/shared/runtime/steps';

test('a step is timed whether it succeeds or not, and its result comes through', async () => {
  const observed: string[] = [];
  const timed = createStepTimer({
    observe: (name, labels, seconds) => {
      expect(seconds).toBeGreaterThanOrEqual(0);
      observed.push(`${name} ${Object.values(labels)}`);
    },
  });
  expect(await timed('decide', () => 7)).toBe(7);
  await expect(timed('claim', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  await expect(
    timed('publish', () => {
      throw new Error('at once');
    }),
  ).rejects.toThrow('at once');
  expect(observed).toEqual(
    ['decide', 'claim', 'publish'].map((step) => `tributary_batch_seconds ${step}`),
  );
});
