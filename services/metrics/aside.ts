import { type Window, type WindowTable, windowKey } from '../shared/domain/window';
import { TransientError } from '../shared/runtime/errors';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';

/** Windows set aside, on record: the offsets of what touched them are committed, so that nothing else
 *  would remember them. */
export interface StuckWindows {
  list(table: WindowTable): Promise<readonly Window[]>;
  setAside(table: WindowTable, window: Window, error: string): Promise<void>;
  mended(table: WindowTable, window: Window): Promise<void>;
}

export interface AsideDeps {
  readonly table: WindowTable;
  readonly stuck: StuckWindows;
  readonly metrics: Pick<Metrics, 'set'>;
  readonly log: Pick<Log, 'error' | 'info'>;
}

/** The windows of a table that are not recomputed with the others for now. */
export interface Aside {
  has(window: Window): boolean;
  set(window: Window, fault: string): Promise<void>;
  /** Tries each again, also those that other processes set aside. */
  retry(): Promise<void>;
}

/** If more windows than this fail, it is not the windows. */
const mostStuck = 1000;

/** `faultOf` computes a window, and says what keeps it from being computed; null when nothing does. */
export function createAside(
  { table, stuck, metrics, log }: AsideDeps,
  faultOf: (window: Window) => Promise<string | null>,
): Aside {
  const keys = new Set<string>();
  const report = () => metrics.set('tributary_windows_stuck', { table }, keys.size);
  return {
    has: (window) => keys.has(windowKey(window)),
    async set(window, fault) {
      if (keys.size >= mostStuck) {
        const message = `${keys.size} windows of ${table} are set aside, and the next fails: ${fault}`;
        throw new TransientError(message, { server: 'clickhouse' });
      }
      await stuck.setAside(table, window, fault);
      keys.add(windowKey(window));
      log.error({ table, window: windowKey(window), why: fault }, 'a window is set aside');
      report();
    },
    async retry() {
      const known = await stuck.list(table);
      keys.clear();
      for (const window of known) keys.add(windowKey(window));
      for (const window of known) {
        if ((await faultOf(window)) !== null) continue;
        await stuck.mended(table, window);
        keys.delete(windowKey(window));
        log.info(
          { table, window: windowKey(window) },
          'a window that was set aside is right again',
        );
      }
      report();
    },
  };
}
