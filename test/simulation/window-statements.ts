import type { TupleParam } from '@clickhouse/client';
import { type WindowTable, windowTables } from '../../services/shared/domain/window';
import type { ClickHouse, QueryParameters } from '../../services/shared/stores/clickhouse/client';
import type { Host } from './host';
import type { Lines, Table } from './table';

/** The one statement that recomputes windows. It reads first and writes a while later. */
export interface Recomputing {
  read(table: WindowTable, keys: readonly string[]): ReadonlyMap<string, Lines>;
  write(table: WindowTable, windows: ReadonlyMap<string, Lines>, version: bigint): void;
}

export function recomputing({ compute, replace }: Table): Recomputing {
  return { read: compute, write: replace };
}

/** ClickHouse as the window store of one process uses it: two questions and one statement. */
export function clickHouseFor(
  host: Host,
  table: Table,
  { read, write }: Recomputing,
): Pick<ClickHouse, 'rows' | 'command'> {
  return {
    rows: (sql) => {
      const isClock = sql.includes('now64');
      const what = isClock ? 'clock' : 'highest version';
      return host.call(what, () => [
        { version: String(isClock ? table.clock() : table.highestVersion()) },
      ]);
    },
    async command(sql, parameters = {}) {
      const name = /^INSERT INTO (\w+)/.exec(sql)?.[1] as WindowTable;
      const keys = askedWindows(name, parameters);
      const version = BigInt(String(parameters.version));
      await host.callInTwo(
        `recompute ${name} ${keys.join(' ')} as ${version}`,
        () => read(name, keys),
        (windows: ReadonlyMap<string, Lines>) => write(name, windows, version),
      );
    },
  };
}

/** The windows that the statement's parameter names: runs of neighbours by tenant, in seconds. */
function askedWindows(table: WindowTable, { windows }: QueryParameters): readonly string[] {
  const { lengthMs } = windowTables[table];
  const keys: string[] = [];
  for (const [tenant, runs] of windows as ReadonlyMap<string, readonly TupleParam[]>) {
    for (const { values } of runs) {
      const [from, to] = values.map((seconds) => Number(seconds) * 1000) as [number, number];
      for (let start = from; start < to; start += lengthMs) keys.push(`${tenant}/${start}`);
    }
  }
  return keys;
}
