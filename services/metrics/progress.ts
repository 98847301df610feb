import { type WindowTable, windowTableNames } from '../shared/domain/window';
import type { BatchEnd } from './stage';

/** Which inserts are acknowledged, and which of them every window has caught up with. */
export interface Progress {
  /** An insert was acknowledged; answers with its number, from 1 upwards. */
  acknowledged(ends: Iterable<BatchEnd>): number;
  /** The windows of this table that inserts up to this number touched are recomputed. */
  caughtUp(table: WindowTable, insert: number): void;
  /** Every insert is marked. */
  isDone(): boolean;
}

/** Marks the end of a batch as soon as its rows are acknowledged and the windows of every table they
 *  touched are recomputed: a crash before that repeats them. */
export function createProgress(mark: (end: BatchEnd) => void): Progress {
  const done = new Map<WindowTable, number>(windowTableNames.map((table) => [table, 0]));
  let inserts = 0;
  let pending: { readonly insert: number; readonly ends: readonly BatchEnd[] }[] = [];
  return {
    acknowledged(ends) {
      inserts += 1;
      pending.push({ insert: inserts, ends: [...ends] });
      return inserts;
    },
    isDone: () => pending.length === 0,
    caughtUp(table, insert) {
      done.set(table, Math.max(done.get(table) ?? 0, insert));
      const settled = Math.min(...done.values());
      const ready = pending.filter((one) => one.insert <= settled);
      pending = pending.filter((one) => one.insert > settled);
      for (const end of ready.flatMap((one) => one.ends)) mark(end);
    },
  };
}
