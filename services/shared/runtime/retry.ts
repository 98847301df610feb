import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from './errors';

export interface RetryOptions {
  /** Calls in all, the first one included. Infinity is allowed where a signal ends it. */
  readonly attempts: number;
  /** Wait after the first failure; doubled after each further one. */
  readonly baseMs: number;
  readonly maxMs: number;
  readonly signal?: AbortSignal;
  /** Called before each wait. */
  readonly onRetry?: (error: TransientError, attempt: number, waitMs: number) => void;
}

/** Calls `fn` until it resolves, waiting between calls; only a TransientError is tried again. The
 *  last error is thrown as it is; an aborted signal ends the wait and throws the abort reason. */
export async function retry<T>(fn: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    try {
      return await fn();
    } catch (error) {
      if (!(error instanceof TransientError) || attempt >= options.attempts) throw error;
      const waitMs = backoffMs(attempt, options);
      options.onRetry?.(error, attempt, waitMs);
      await sleep(waitMs, undefined, { ...(options.signal && { signal: options.signal }) });
    }
  }
}

/** Exponential back-off with jitter between half and the whole, so that the members of a group do
 *  not come back to a mended server in step. `attempt` counts from 1. */
export function backoffMs(attempt: number, bounds: { baseMs: number; maxMs: number }): number {
  const whole = Math.min(bounds.maxMs, bounds.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(whole * (0.5 + Math.random() / 2));
}
