import fc from 'fast-check';
import { TimeQueue } from '../../../../deploy/traffic/time-queue';

test('gives back by time, and by order of adding within one time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const queue = new TimeQueue<number>();
      for (const [index, at] of times.entries()) queue.add(at, index);
      const right = times.map((at, thing) => ({ at, thing })).sort((a, b) => a.at - b.at);
      const taken = right.map(() => {
        const { at, thing } = queue.take() ?? {};
        return { at, thing };
      });
      expect(taken).toEqual(right);
      expect(queue.take()).toBeUndefined();
    }),
  );
});

test('keeps what is later than asked for', () => {
  const queue = new TimeQueue<string>();
  queue.add(20, 'later');
  queue.add(10, 'now');
  expect(queue.take(10)?.thing).toBe('now');
  expect(queue.take(10)).toBeUndefined();
  expect(queue.size).toBe(1);
  expect(queue.take(20)?.thing).toBe('later');
});
