import { createProgress } from '../../../services/metrics/progress';

test('a batch is marked when the windows of every table have caught up with its insert', () => {
  const marked: number[] = [];
  const progress = createProgress(({ nextOffset }) => marked.push(nextOffset));
  const end = (nextOffset: number) => ({ topic: 't', partition: 0, nextOffset });
  expect(progress.acknowledged([end(10)])).toBe(1);
  expect(progress.acknowledged([end(20)])).toBe(2);
  progress.caughtUp('channel_1m', 2);
  expect(marked).toEqual([]);
  expect(progress.acknowledged([end(30)])).toBe(3);
  progress.caughtUp('funnel_1h', 1);
  expect(marked).toEqual([10]);
  progress.caughtUp('funnel_1h', 3);
  expect(marked).toEqual([10, 20]);
  progress.caughtUp('channel_1m', 3);
  expect(marked).toEqual([10, 20, 30]);
});
