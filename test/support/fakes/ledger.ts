import type { EventRow } from '../../../services/shared/domain/event-row';
import type { FactRanges } from '../../../services/shared/domain/fact-ranges';
import {
  type Window,
  type WindowChunk,
  type WindowTable,
  windowKey,
  windowTableNames,
  windowTables,
} from '../../../services/shared/domain/window';
import { channelWindowsOf, factsOf, funnelWindowsOf, type Zones } from '../oracle/windows';

/** Rows that wait, as they are. */
export class FakeRows {
  readonly rows: EventRow[] = [];

  get count(): number {
    return this.rows.length;
  }

  get bytes(): number {
    return this.rows.reduce((bytes, row) => bytes + row.record.length + 500, 0);
  }

  add(row: EventRow): void {
    if (row.partition > 65_535) throw new RangeError('the partition is out of range');
    this.rows.push(row);
  }
}

/** A ledger in memory: the events, the stored windows and those set aside. Windows are computed by the
 *  oracle, from all facts. */
export function fakeLedger(zones: Zones = new Map()) {
  const rows: EventRow[] = [];
  const stored = new Map<string, unknown>();
  const aside = new Map<string, Window>();
  const computed = (table: WindowTable): ReadonlyMap<string, unknown> =>
    table === 'channel_1m'
      ? channelWindowsOf(factsOf(rows), zones)
      : funnelWindowsOf(factsOf(rows), undefined, zones);
  return {
    rows,
    stored,
    aside,
    begin: () => new FakeRows(),
    async insert(batch: FakeRows) {
      const refused = batch.rows.filter(({ messageId }) => messageId.startsWith('poison'));
      rows.push(...batch.rows.filter((row) => !refused.includes(row)));
      return refused.map(({ record }) => ({ record, why: 'poison' }));
    },
    /** A superset: every window of the tenants. */
    async touched(table: WindowTable, facts: FactRanges): Promise<readonly Window[]> {
      if (facts.isEmpty) return [];
      const { lengthMs } = windowTables[table];
      const starts = rows.map(({ tenant, eventAt }) => ({
        tenant,
        start: Math.floor(eventAt / lengthMs) * lengthMs,
      }));
      return [...new Map(starts.map((window) => [windowKey(window), window])).values()];
    },
    async recompute(table: WindowTable, { windows }: WindowChunk): Promise<void> {
      const now = computed(table);
      for (const window of windows) {
        stored.set(`${table} ${windowKey(window)}`, now.get(windowKey(window)) ?? 'empty');
      }
    },
    async list(table: WindowTable): Promise<readonly Window[]> {
      return [...aside].filter(([key]) => key.startsWith(table)).map(([, window]) => window);
    },
    async setAside(table: WindowTable, window: Window): Promise<void> {
      aside.set(`${table} ${windowKey(window)}`, window);
    },
    async mended(table: WindowTable, window: Window): Promise<void> {
      aside.delete(`${table} ${windowKey(window)}`);
    },
    /** What every stored window should say, by `table tenant/start`. */
    right(): ReadonlyMap<string, unknown> {
      return new Map(
        windowTableNames.flatMap((table) =>
          [...computed(table)].map(([key, window]) => [`${table} ${key}`, window] as const),
        ),
      );
    },
  };
}
