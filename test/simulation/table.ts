import type { EventRow } from '../../services/shared/domain/event-row';
import type { FactRanges } from '../../services/shared/domain/fact-ranges';
import {
  type Window,
  type WindowTable,
  windowTableNames,
} from '../../services/shared/domain/window';
import {
  type ChannelLine,
  channelWindowsOf,
  factsOf,
  funnelWindowsOf,
  type Zones,
} from '../support/oracle/windows';
import { type Reach, touchedWindows } from './touched';

/** A window's lines, as JSON, by channel and campaign; a funnel has one. Empty: nothing is left. */
export type Lines = ReadonlyMap<string, string>;

/** ClickHouse's tables in memory: the events, replaced by version, and the windows. */
export interface Table {
  /** Of each version of a sort key the row inserted last; of those the highest version is read. */
  insert(rows: readonly EventRow[]): void;
  /** The rows of the last versions. */
  rows(): readonly EventRow[];
  touched(table: WindowTable, facts: FactRanges): readonly Window[];
  /** All windows that these rows make. */
  linesOf(table: WindowTable, rows: readonly EventRow[]): ReadonlyMap<string, Lines>;
  /** What the facts there are now make of each of the windows. */
  compute(table: WindowTable, keys: readonly string[]): ReadonlyMap<string, Lines>;
  /** Replaces windows whole, unless a higher version stands there. */
  replace(table: WindowTable, windows: ReadonlyMap<string, Lines>, version: bigint): void;
  /** The windows that say something, by `table tenant/start`. */
  stored(): ReadonlyMap<string, Lines>;
  highestVersion(): bigint;
  /** The server's clock in nanoseconds; no two questions have one answer. */
  clock(): bigint;
}

export interface TableOptions extends Reach {
  readonly now: () => number;
}

interface StoredWindow {
  readonly version: bigint;
  readonly lines: Lines;
}

export function createTable(options: TableOptions): Table {
  const events = new Map<string, EventRow>();
  const stored = new Map<string, StoredWindow>();
  let cache = new Map<WindowTable, ReadonlyMap<string, Lines>>();
  let asked = 0n;
  const rows = () => [...events.values()];
  const computed = (table: WindowTable): ReadonlyMap<string, Lines> => {
    const known = cache.get(table) ?? windowLines(table, rows(), options);
    cache.set(table, known);
    return known;
  };
  return {
    insert(inserted) {
      for (const row of inserted) {
        const key = sortKey(row);
        if (row.version >= (events.get(key)?.version ?? 0)) events.set(key, row);
      }
      cache = new Map();
    },
    rows,
    touched: (table, facts) => touchedWindows(table, rows(), facts, options),
    linesOf: (table, some) => windowLines(table, some, options),
    compute: (table, keys) =>
      new Map(keys.map((key) => [key, computed(table).get(key) ?? new Map()])),
    replace(table, windows, version) {
      for (const [key, lines] of windows) {
        const name = `${table} ${key}`;
        if (version >= (stored.get(name)?.version ?? 0n)) stored.set(name, { version, lines });
      }
    },
    stored: () =>
      new Map(
        [...stored]
          .filter(([, { lines }]) => lines.size > 0)
          .map(([key, { lines }]) => [key, lines]),
      ),
    highestVersion: () => {
      let highest = 0n;
      for (const { version } of stored.values()) if (version > highest) highest = version;
      return highest;
    },
    clock() {
      const now = BigInt(options.now()) * 1_000_000n;
      asked = now > asked ? now : asked + 1n;
      return asked;
    },
  };
}

/** Every version of a row has the same: what the table is partitioned and sorted by. */
function sortKey(row: EventRow): string {
  const { tenant, user, eventAt, topic, partition, offset } = row;
  const month = new Date(row.receivedAt).toISOString().slice(0, 7);
  return `${month} ${tenant} ${eventAt} ${user} ${topic}/${partition}/${offset}`;
}

/** What a full recomputation makes of the rows. */
export function windowLines(
  table: WindowTable,
  rows: readonly EventRow[],
  { zones, conversionWindowMs }: { readonly zones: Zones; readonly conversionWindowMs: number },
): ReadonlyMap<string, Lines> {
  const facts = factsOf(rows);
  if (table === 'funnel_1h') {
    const hours = funnelWindowsOf(facts, conversionWindowMs, zones);
    return new Map([...hours].map(([key, line]) => [key, new Map([['', JSON.stringify(line)]])]));
  }
  const minutes = [...channelWindowsOf(facts, zones)].map(
    ([key, lines]) =>
      [key, new Map([...lines].map(([name, line]) => [name, lineText(line)]))] as const,
  );
  return new Map(minutes);
}

export function allWindowLines(
  rows: readonly EventRow[],
  options: { readonly zones: Zones; readonly conversionWindowMs: number },
): ReadonlyMap<string, Lines> {
  return new Map(
    windowTableNames.flatMap((table) =>
      [...windowLines(table, rows, options)].map(
        ([key, lines]) => [`${table} ${key}`, lines] as const,
      ),
    ),
  );
}

function lineText({ users, revenueMinor, refundMinor, ...line }: ChannelLine): string {
  const amounts = [revenueMinor, refundMinor].map((one) => Object.entries(one).sort());
  return JSON.stringify({ ...line, users: [...users].sort(), amounts });
}
