import { timed } from '../../../services/insights/timed';
import { createMetrics } from '../../../services/shared/runtime/metrics';

test('calls answer as before, and are timed and counted by name', async () => {
  const metrics = createMetrics('insights');
  const reader = timed(
    { add: async (a: number, b: number) => a + b, fail: () => Promise.reject(new Error('no')) },
    'clickhouse',
    metrics,
  );
  expect(await reader.add(1, 2)).toBe(3);
  await expect(reader.fail()).rejects.toThrow('no');
  const text = await metrics.text();
  expect(text).toMatch(/tributary_store_seconds_count\{.*call="add".*\} 1/);
  expect(text).toMatch(/tributary_store_seconds_count\{.*call="fail".*\} 1/);
  expect(text).toMatch(/tributary_store_errors_total\{.*store="clickhouse".*\} 1/);
});
