import type { Metrics } from '../shared/runtime/metrics';

type Call = (...args: never[]) => Promise<unknown>;

/** The same reader with the time and the failures of its calls in the metrics, by the method's name. */
export function timed<Reader extends Readonly<Record<keyof Reader, Call>>>(
  reader: Reader,
  store: 'clickhouse' | 'redis',
  metrics: Metrics,
): Reader {
  const methods = Object.entries<Call>(reader).map(([call, ask]) => [
    call,
    async (...args: never[]) => {
      const began = performance.now();
      try {
        return await ask(...args);
      } catch (error) {
        metrics.count('tributary_store_errors_total', { store });
        throw error;
      } finally {
        const seconds = (performance.now() - began) / 1000;
        metrics.observe('tributary_store_seconds', { store, call }, seconds);
      }
    },
  ]);
  return Object.fromEntries(methods) as Reader;
}
