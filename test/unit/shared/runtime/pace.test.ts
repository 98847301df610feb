import type { Admin } from 'kafkajs';
import { createPacer } from '../../../../services/shared/runtime/pace';
import { eventually } from '../../../support/eventually';
import { keepingLog } from '../../../support/log-lines';

/** A group whose lag on two partitions the test sets; a null makes the broker unreachable. */
function scene(maxLag: number) {
  let lag: number | null = 0;
  let measured = 0;
  const admin: Pick<Admin, 'connect' | 'disconnect' | 'fetchOffsets' | 'fetchTopicOffsets'> = {
    connect: async () => {},
    disconnect: async () => {},
    async fetchOffsets() {
      measured += 1;
      if (lag === null) throw new Error('no broker');
      const at = (partition: number, offset: string) => ({ partition, offset, metadata: null });
      return [{ topic: 't', partitions: [at(0, '100'), at(1, '-1')] }];
    },
    async fetchTopicOffsets() {
      const at = (partition: number, low: string, high: number) => {
        return { partition, offset: String(high), low, high: String(high) };
      };
      return [at(0, '0', 100 + (lag ?? 0) - 1), at(1, '20', 21)];
    },
  };
  const said: string[] = [];
  const { log, lines } = keepingLog();
  const pacer = createPacer({
    ...{ admin: admin as Admin, group: 'g', topic: 't', maxLag, everyMs: 5, log },
    onPause: () => said.push('pause'),
    onResume: () => said.push('resume'),
  });
  /** Waits until this lag has been measured, and measured again. */
  const measure = async (next: number | null) => {
    lag = next;
    const before = measured;
    await eventually(() => measured >= before + 3, { deadlineMs: 2000, message: 'measured' });
  };
  return { pacer, said, lines, measure };
}

test('pauses above the bound, resumes at half of it, and says each once', async () => {
  const { pacer, said, measure } = scene(50);
  await measure(100);
  expect(said).toEqual([]);
  await measure(101);
  await measure(60);
  expect(said).toEqual(['pause']);
  await measure(50);
  await measure(70);
  expect(said).toEqual(['pause', 'resume']);
  await pacer.stop();
});

test('while the lag cannot be measured what was said last stays', async () => {
  const { pacer, said, lines, measure } = scene(50);
  await measure(500);
  await measure(null);
  expect(said).toEqual(['pause']);
  expect(lines).toContainEqual(expect.objectContaining({ level: 'warn' }));
  await measure(0);
  expect(said).toEqual(['pause', 'resume']);
  await pacer.stop();
});
