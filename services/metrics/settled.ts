import type { Offsets } from '../shared/runtime/group-offsets';

export interface SettledDeps {
  /** Raw partitions: every record below has been judged, and its judgement published. */
  judged(): Promise<Offsets>;
  /** Where the cleaned topics end. */
  ends(): Promise<Offsets>;
  /** Cleaned partitions: every record below has its row. */
  written(): Promise<Offsets>;
}

export interface Settled {
  /** Raw partitions: every record below has its row, if nothing is lost. */
  look(): Promise<Offsets>;
}

/** What must have a row by now. Ends that are asked for after what was judged lie behind all judgements
 *  of it: once metrics has committed as far, every record that was judged then has its row. No clock
 *  takes part, so a long queue is no loss. */
export function createSettled({ judged, ends, written }: SettledDeps): Settled {
  let settled: Offsets = new Map();
  let pending: { readonly judged: Offsets; readonly ends: Offsets } | null = null;
  return {
    async look() {
      if (pending === null) {
        const before = await judged();
        pending = { judged: before, ends: await ends() };
      }
      const done = await written();
      const isPassed = [...pending.ends].every(([name, end]) => (done.get(name) ?? 0) >= end);
      if (isPassed) {
        settled = pending.judged;
        pending = null;
      }
      return settled;
    },
  };
}
