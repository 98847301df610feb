import { FactRanges } from '../shared/domain/fact-ranges';
import type { Window, WindowTable } from '../shared/domain/window';
import type { Clock } from '../shared/runtime/clock';
import type { Metrics } from '../shared/runtime/metrics';
import type { Progress } from './progress';
import { createRecompute, type RecomputeDeps } from './recompute';

export interface WindowKeeperDeps extends RecomputeDeps {
  readonly windows: Windows;
  readonly progress: Pick<Progress, 'caughtUp'>;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'count' | 'set' | 'observe'>;
}

export type Windows = RecomputeDeps['windows'] & {
  /** Windows that may have changed because these facts, which are acknowledged, were written. */
  touched(table: WindowTable, facts: FactRanges): Promise<readonly Window[]>;
};

export interface WindowKeeper {
  readonly table: WindowTable;
  /** These facts were written by that insert. */
  note(facts: FactRanges, insert: number): void;
  /** Whether facts were noted that no run has dealt with. */
  isBehind(): boolean;
  /** How many facts those are. */
  waiting(): number;
  /** Recomputes what the facts noted so far touch. What a run that rejected left undone is done by the
   *  next one. Not to be called while one is running. */
  run(): Promise<void>;
  /** Tries again every window that is set aside, whoever did it. Not to be called during a run. */
  retryStuck(): Promise<void>;
}

/** Keeps the windows of one table equal to what the facts say. What it remembers is bounded, derived
 *  from Kafka, and may be lost: the offsets of what it holds are not committed. */
export function createWindowKeeper(deps: WindowKeeperDeps): WindowKeeper {
  const { table, windows, progress, clock, metrics } = deps;
  const { recompute, retryStuck } = createRecompute(deps);
  let facts = new FactRanges();
  let lastInsert = 0;
  return {
    table,
    retryStuck,
    note(written, insert) {
      facts.addAll(written);
      lastInsert = insert;
    },
    isBehind: () => lastInsert > 0,
    waiting: () => facts.count,
    async run() {
      const startedAt = clock.now();
      const [mine, upTo] = [facts, lastInsert];
      facts = new FactRanges();
      lastInsert = 0;
      try {
        const touched = await windows.touched(table, mine);
        metrics.set('tributary_windows_dirty', { table }, touched.length);
        await recompute(touched);
        metrics.set('tributary_windows_dirty', { table }, 0);
      } catch (error) {
        facts.addAll(mine);
        lastInsert = Math.max(lastInsert, upTo);
        throw error;
      }
      const seconds = (clock.now() - startedAt) / 1000;
      metrics.observe('tributary_window_recompute_seconds', { table }, seconds);
      progress.caughtUp(table, upTo);
    },
  };
}
