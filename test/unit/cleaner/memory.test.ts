import { watchMemory } from '../../../services/cleaner/memory';
import { memoryOf } from '../../../services/shared/stores/redis/memory';

const info = (maxmemory: number) =>
  `# Memory\r\nused_memory:1048576\r\nused_memory_rss:9\r\ntotal_system_memory:4096\r\nmaxmemory:${maxmemory}\r\n`;

test.each([
  ['its own bound', info(2048), { usedBytes: 1_048_576, limitBytes: 2048 }],
  ['the machine, without a bound', info(0), { usedBytes: 1_048_576, limitBytes: 4096 }],
  ['nothing, where it says nothing', '', { usedBytes: 0, limitBytes: 0 }],
])('what Redis may use is %s', (_, text, memory) => {
  expect(memoryOf(text)).toEqual(memory);
});

test('how full the claim store is shows at once; a server that is away stops nothing', async () => {
  const set: unknown[] = [];
  const metrics = {
    set: (...[name, labels, value]: [string, object, number]) =>
      void set.push([name, ...Object.values(labels), value]),
  };
  const log = { debug: () => void set.push('not measured') };
  const shared = { everyMs: 60_000, metrics, log };
  const stop = watchMemory({ ...shared, read: async () => ({ usedBytes: 5, limitBytes: 9 }) });
  await new Promise(setImmediate);
  stop();
  const other = watchMemory({
    ...shared,
    read: async () => {
      throw new Error('away');
    },
  });
  await new Promise(setImmediate);
  other();
  expect(set).toEqual([
    ['tributary_claim_store_bytes', 'used', 5],
    ['tributary_claim_store_bytes', 'limit', 9],
    'not measured',
  ]);
});
