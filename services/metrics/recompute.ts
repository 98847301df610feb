import {
  type ChunkBounds,
  chunksOf,
  type Window,
  type WindowChunk,
  type WindowTable,
  windowTables,
} from '../shared/domain/window';
import { messageOf, TransientError } from '../shared/runtime/errors';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';
import { type Aside, createAside, type StuckWindows } from './aside';

export interface RecomputeDeps {
  readonly table: WindowTable;
  readonly windows: {
    /** Computes windows from facts and replaces each whole. TransientError: ask again later. Any
     *  other Error: it is these windows; fewer of them might do. */
    recompute(table: WindowTable, chunk: WindowChunk): Promise<void>;
  };
  readonly stuck: StuckWindows;
  readonly maxWindows: number;
  readonly lookBackMs: number;
  readonly metrics: Pick<Metrics, 'count' | 'set'>;
  readonly log: Pick<Log, 'error' | 'info'>;
}

export interface Recompute {
  /** Resolves when every window is recomputed or set aside. TransientError: some are; ask again. */
  recompute(windows: readonly Window[]): Promise<void>;
  /** Tries again every window that is set aside, whoever did it. */
  retryStuck(): Promise<void>;
}

/** Tries of a window by itself before it is set aside. */
const attempts = 3;
/** Runs of neighbours that one statement is sent: some 25 bytes each, in the URL. */
const maxRuns = 2000;

export function createRecompute(deps: RecomputeDeps): Recompute {
  const { table, windows, metrics } = deps;
  const bounds: ChunkBounds = {
    lengthMs: windowTables[table].lengthMs,
    maxWindows: deps.maxWindows,
    maxRuns,
    maxGapMs: 2 * deps.lookBackMs,
  };

  /** What keeps the windows from being computed; null when they are. */
  async function faultOf(wanted: readonly Window[]): Promise<string | null> {
    try {
      for (const chunk of chunksOf(wanted, bounds)) await windows.recompute(table, chunk);
      return null;
    } catch (error) {
      if (error instanceof TransientError) throw error;
      return messageOf(error);
    }
  }

  const aside = createAside(deps, (window) => faultOf([window]));
  return {
    retryStuck: aside.retry,
    async recompute(wanted) {
      const free = wanted.filter((window) => !aside.has(window));
      for (const chunk of chunksOf(free, bounds)) {
        await recomputeOrHalve(chunk.windows, { faultOf, aside });
      }
      metrics.count('tributary_windows_recomputed_total', { table }, free.length);
    },
  };
}

interface Halving {
  readonly faultOf: (windows: readonly Window[]) => Promise<string | null>;
  readonly aside: Aside;
}

/** Finds the windows that cannot be computed, and computes all others. */
async function recomputeOrHalve(windows: readonly Window[], halving: Halving): Promise<void> {
  let fault = await halving.faultOf(windows);
  const middle = windows.length >> 1;
  if (fault !== null && middle > 0) {
    await recomputeOrHalve(windows.slice(0, middle), halving);
    await recomputeOrHalve(windows.slice(middle), halving);
    return;
  }
  for (let attempt = 2; attempt <= attempts && fault !== null; attempt += 1) {
    fault = await halving.faultOf(windows);
  }
  if (fault === null) return;
  for (const window of windows) await halving.aside.set(window, fault);
}
