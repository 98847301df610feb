import { messageOf } from '../shared/runtime/errors';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';

export interface MemoryWatchDeps {
  /** How much the claim store uses, and may use. */
  read(): Promise<{ readonly usedBytes: number; readonly limitBytes: number }>;
  readonly everyMs?: number;
  readonly metrics: Pick<Metrics, 'set'>;
  readonly log: Pick<Log, 'debug'>;
}

/** Shows how full the claim store is, now and from then on. Returns the function that ends it. */
export function watchMemory({ read, everyMs = 10_000, metrics, log }: MemoryWatchDeps): () => void {
  const look = () =>
    read().then(
      ({ usedBytes, limitBytes }) => {
        metrics.set('tributary_claim_store_bytes', { of: 'used' }, usedBytes);
        metrics.set('tributary_claim_store_bytes', { of: 'limit' }, limitBytes);
      },
      (error: unknown) => log.debug({ why: messageOf(error) }, 'its memory was not measured'),
    );
  void look();
  const timer = setInterval(look, everyMs);
  return () => clearInterval(timer);
}
