import { Permits } from '../../../../../deploy/local/front/permits';

const patient = new AbortController().signal;

test('the limit holds, and the others enter in order', async () => {
  const permits = new Permits(1, 10);
  const entered: string[] = [];
  const first = await permits.acquire(patient);
  const others = ['b', 'c'].map(async (name) => {
    const giveBack = await permits.acquire(patient);
    entered.push(name);
    giveBack();
  });
  expect(entered).toEqual([]);
  first();
  first();
  await Promise.all(others);
  expect(entered).toEqual(['b', 'c']);
});

test('one that leaves the queue takes no permit with it', async () => {
  const permits = new Permits(1, 10);
  const first = await permits.acquire(patient);
  const impatient = new AbortController();
  const left = permits.acquire(impatient.signal);
  const stayed = permits.acquire(patient);
  impatient.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  first();
  (await stayed)();
  (await permits.acquire(patient))();
});

test('a full queue refuses', async () => {
  const permits = new Permits(1, 1);
  await permits.acquire(patient);
  const waiting = new AbortController();
  const second = permits.acquire(waiting.signal);
  await expect(permits.acquire(patient)).rejects.toMatchObject({ code: 202, httpStatus: 503 });
  waiting.abort(new Error('over'));
  await expect(second).rejects.toThrow('over');
});
