import { setTimeout as sleep } from 'node:timers/promises';
import type { Lags } from './lag';

export interface ProcessedOptions {
  readonly lags: () => Promise<Lags>;
  /** Raw records so far, and how many of them have no row yet: the ledger's figures. */
  readonly ledger: () => Promise<{ readonly accepted: number; readonly unaccounted: number }>;
  /** The ledger has to show at least so many raw records. */
  readonly accepted: number;
  readonly say: (line: string) => void;
  /** Longest time without any movement. */
  readonly stuckAfterMs: number;
  readonly pollMs?: number;
  readonly now?: () => number;
}

const sayEveryMs = 5_000;

/**
 * Resolves when everything sent is processed and can be queried: no consumer group lags, and the
 * ledger has a row for each accepted record. Servers that do not answer are asked again. Throws
 * where nothing has moved for `stuckAfterMs`, naming what is left.
 */
export async function untilProcessed(options: ProcessedOptions): Promise<void> {
  const { say, stuckAfterMs, pollMs = 1000, now = Date.now } = options;
  let [left, movedAt, saidAt] = ['', now(), now()];
  for (;;) {
    const remaining = await whatIsLeft(options);
    if (remaining === null) return;
    if (remaining !== left) movedAt = now();
    left = remaining;
    if (now() - movedAt > stuckAfterMs) {
      const seconds = Math.round(stuckAfterMs / 1000);
      throw new Error(`nothing has moved for ${seconds} s: ${left}; the services' logs say why`);
    }
    if (now() - saidAt >= sayEveryMs) {
      saidAt = now();
      say(`waiting: ${left}`);
    }
    await sleep(pollMs);
  }
}

async function whatIsLeft(options: ProcessedOptions): Promise<string | null> {
  try {
    const behind = Object.entries(await options.lags()).filter(([, records]) => records > 0);
    if (behind.length > 0) {
      return behind.map(([group, records]) => `${group} ${records} records behind`).join(', ');
    }
    const { accepted, unaccounted } = await options.ledger();
    if (accepted < options.accepted) return `the ledger shows ${accepted} of ${options.accepted}`;
    return unaccounted === 0 ? null : `${unaccounted} records without a row`;
  } catch (error) {
    return `a server does not answer (${(error as Error).message})`;
  }
}
