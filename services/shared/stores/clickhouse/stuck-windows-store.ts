import type { Window, WindowTable } from '../../domain/window';
import type { ClickHouse } from './client';

/** Windows that are set aside: on record, because the offsets of what touched them are committed and
 *  nothing else would remember them. */
export interface StuckWindowsStore {
  list(table: WindowTable): Promise<readonly Window[]>;
  setAside(table: WindowTable, window: Window, error: string): Promise<void>;
  mended(table: WindowTable, window: Window): Promise<void>;
}

export function createStuckWindowsStore(
  clickhouse: ClickHouse,
  now: () => number,
): StuckWindowsStore {
  const write = (
    windowTable: WindowTable,
    { tenant, start }: Window,
    stuck: number,
    error: string,
  ) => {
    // As text: no fraction is read in a JSON number of DateTime64.
    const changedAt = (now() / 1000).toFixed(3);
    const row = { windowTable, tenant, start: start / 1000, stuck, error, changedAt };
    return clickhouse.insert('windows_stuck', [row]);
  };
  return {
    async list(table) {
      const rows = await clickhouse.rows(
        `SELECT tenant, toUnixTimestamp(start) AS start
  FROM windows_stuck FINAL
 WHERE windowTable = {windowTable:String} AND stuck = 1`,
        { windowTable: table },
      );
      return rows.map(({ tenant, start }) => ({
        tenant: String(tenant),
        start: Number(start) * 1000,
      }));
    },
    setAside: (table, window, error) => write(table, window, 1, error.slice(0, 1000)),
    mended: (table, window) => write(table, window, 0, ''),
  };
}
