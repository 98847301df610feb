import {
  type ChunkBounds,
  chunksOf,
  type Window,
  type WindowChunk,
  type WindowTable,
  windowKey,
  windowTables,
} from '../shared/domain/window';
import { messageOf, TransientError } from '../shared/runtime/errors';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';

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

/** Windows set aside, on record: the offsets of what touched them are committed, so that nothing else
 *  would remember them. */
export interface StuckWindows {
  list(table: WindowTable): Promise<readonly Window[]>;
  setAside(table: WindowTable, window: Window, error: string): Promise<void>;
  mended(table: WindowTable, window: Window): Promise<void>;
}

export interface Recompute {
  /** Resolves when every window is recomputed or set aside. TransientError: some are; ask again. */
  recompute(windows: readonly Window[]): Promise<void>;
  /** Tries again every window that is set aside, whoever did it. */
  retryStuck(): Promise<void>;
}

/** Tries of a window by itself before it is set aside. */
const attempts = 3;
/** If more windows than this fail, it is not the windows. */
const mostStuck = 1000;
/** Runs of neighbours that one statement is sent: some 25 bytes each, in the URL. */
const maxRuns = 2000;

export function createRecompute(deps: RecomputeDeps): Recompute {
  const { table, windows, stuck, metrics, log } = deps;
  const bounds: ChunkBounds = {
    lengthMs: windowTables[table].lengthMs,
    maxWindows: deps.maxWindows,
    maxRuns,
    maxGapMs: 2 * deps.lookBackMs,
  };
  const aside = new Set<string>();

  /** What keeps the windows from being computed; null when they are. */
  async function faultOf(chunk: WindowChunk): Promise<string | null> {
    try {
      await windows.recompute(table, chunk);
      return null;
    } catch (error) {
      if (error instanceof TransientError) throw error;
      return messageOf(error);
    }
  }

  async function recomputeChunk(chunk: WindowChunk): Promise<void> {
    const fault = await faultOf(chunk);
    if (fault === null) return;
    const middle = chunk.windows.length >> 1;
    if (middle === 0) {
      await tryAlone(chunk);
      return;
    }
    for (const half of [chunk.windows.slice(0, middle), chunk.windows.slice(middle)]) {
      for (const part of chunksOf(half, bounds)) await recomputeChunk(part);
    }
  }

  async function tryAlone(chunk: WindowChunk): Promise<void> {
    let fault: string | null = '';
    for (let attempt = 2; attempt <= attempts; attempt += 1) {
      fault = await faultOf(chunk);
      if (fault === null) return;
    }
    if (aside.size >= mostStuck) {
      const message = `${aside.size} windows of ${table} are set aside, and the next fails: ${fault}`;
      throw new TransientError(message, { server: 'clickhouse' });
    }
    for (const window of chunk.windows) {
      await stuck.setAside(table, window, fault);
      aside.add(windowKey(window));
      log.error({ table, window: windowKey(window), why: fault }, 'a window is set aside');
    }
    metrics.set('tributary_windows_stuck', { table }, aside.size);
  }

  return {
    async recompute(wanted) {
      const free = wanted.filter((window) => !aside.has(windowKey(window)));
      for (const chunk of chunksOf(free, bounds)) await recomputeChunk(chunk);
      metrics.count('tributary_windows_recomputed_total', { table }, free.length);
    },
    async retryStuck() {
      aside.clear();
      for (const window of await stuck.list(table)) {
        aside.add(windowKey(window));
        for (const chunk of chunksOf([window], bounds)) {
          if ((await faultOf(chunk)) !== null) continue;
          await stuck.mended(table, window);
          aside.delete(windowKey(window));
          log.info(
            { table, window: windowKey(window) },
            'a window that was set aside is right again',
          );
        }
      }
      metrics.set('tributary_windows_stuck', { table }, aside.size);
    },
  };
}
