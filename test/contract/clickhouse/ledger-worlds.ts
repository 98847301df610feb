import type { CleanEvent } from '../../../services/shared/domain/event';
import { type EventRow, eventRow } from '../../../services/shared/domain/event-row';
import { FactRanges } from '../../../services/shared/domain/fact-ranges';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import { chunksOf, windowTableNames, windowTables } from '../../../services/shared/domain/window';
import type { ClickHouse } from '../../../services/shared/stores/clickhouse/client';
import {
  createEventsStore,
  type EventsStore,
} from '../../../services/shared/stores/clickhouse/events-store';
import { createUserHash } from '../../../services/shared/stores/clickhouse/user-hash';
import {
  createWindowsStore,
  createWindowVersions,
  type WindowsStore,
} from '../../../services/shared/stores/clickhouse/windows-store';
import { aDatabase } from '../../support/clickhouse';
import { aJudgedEvent, anEvent } from '../../support/event-builders';
import { fakeLedger } from '../../support/fakes/ledger';
import type { Zones } from '../../support/oracle/windows';
import { linesOf, storedLines } from '../../support/window-lines';

const hour = 3_600_000;
export const topic = 'events.import.v1';

/** A ledger with its windows, whatever keeps it. */
export interface World {
  /** Writes rows and recomputes what they touch. */
  write(rows: readonly EventRow[]): Promise<void>;
  /** Writes rows and dies before anything is recomputed. */
  writeOnly(rows: readonly EventRow[]): Promise<void>;
  /** Lines of the stored windows, by window; windows with nothing in them have none. */
  windows(): Promise<ReadonlyMap<string, unknown>>;
  /** Windows that stand there with nothing in them. */
  empties(): Promise<readonly string[]>;
  /** As if nothing had been written. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export function fakeWorld(zones: Zones): World {
  const ledger = fakeLedger(zones);
  const writeOnly = async (rows: readonly EventRow[]) => {
    const batch = ledger.begin();
    for (const row of rows) batch.add(row);
    await ledger.insert(batch);
  };
  return {
    writeOnly,
    async write(rows) {
      await writeOnly(rows);
      await settle(ledger, factRanges(rows));
    },
    windows: async () => linesOf([...ledger.stored].filter(([, window]) => window !== 'empty')),
    empties: async () =>
      [...ledger.stored].filter(([, window]) => window === 'empty').map(([key]) => key),
    async clear() {
      ledger.rows.length = 0;
      ledger.stored.clear();
    },
    close: async () => {},
  };
}

export async function realWorld(
  zones: Zones,
): Promise<World & { readonly clickhouse: ClickHouse }> {
  const { clickhouse, drop } = await aDatabase();
  const events = createEventsStore(clickhouse, createUserHash('a key for tests'));
  const windows = windowsOn(clickhouse, zones);
  const writeOnly = (rows: readonly EventRow[]) => insertInto(events, rows);
  return {
    clickhouse,
    writeOnly,
    async write(rows) {
      await writeOnly(rows);
      await settle(windows, factRanges(rows));
    },
    windows: () => storedLines(clickhouse),
    empties: () => storedEmpties(clickhouse),
    async clear() {
      const tables = ['events', 'orders', 'channel_1m', 'funnel_1h'];
      await Promise.all(tables.map((table) => clickhouse.command(`TRUNCATE TABLE ${table}`)));
    },
    close: drop,
  };
}

export function windowsOn(clickhouse: ClickHouse, zones: Zones): WindowsStore {
  return createWindowsStore({
    clickhouse,
    zones,
    lookBackMs: 72 * hour,
    conversionWindowMs: 24 * hour,
    versions: createWindowVersions({ clickhouse, onClock: () => {} }),
  });
}

export async function insertInto(events: EventsStore, rows: readonly EventRow[]): Promise<void> {
  const batch = events.begin();
  for (const row of rows) batch.add(row);
  expect(await events.insert(batch)).toEqual([]);
}

export function factRanges(rows: readonly EventRow[]): FactRanges {
  const facts = new FactRanges();
  for (const row of rows) facts.add(row);
  return facts;
}

export async function settle(
  windows: Pick<WindowsStore, 'touched' | 'recompute'>,
  facts: FactRanges,
): Promise<void> {
  for (const table of windowTableNames) {
    const { lengthMs } = windowTables[table];
    const bounds = { lengthMs, maxWindows: 10_000, maxRuns: 2000, maxGapMs: 144 * hour };
    for (const chunk of chunksOf(await windows.touched(table, facts), bounds)) {
      await windows.recompute(table, chunk);
    }
  }
}

async function storedEmpties(clickhouse: ClickHouse): Promise<readonly string[]> {
  const rows = await clickhouse.rows(
    `SELECT concat('channel_1m ', tenant, '/', toUnixTimestamp(start) * 1000) AS key
       FROM channel_1m FINAL WHERE empty(channels.channel)
      UNION ALL
     SELECT concat('funnel_1h ', tenant, '/', toUnixTimestamp(start) * 1000) AS key
       FROM funnel_1h FINAL WHERE empty(users)`,
  );
  return rows.map(({ key }) => String(key));
}

let offsets = 0;

/** A row of the next coordinates; `at` is its event time. */
export function aRow(
  at: number,
  part: Partial<CleanEvent> = {},
  judged: Partial<JudgedEvent> = {},
): EventRow {
  offsets += 1;
  const event = anEvent({
    messageId: `m-${offsets}`,
    eventAt: at,
    originalAt: at,
    ip: null,
    userAgent: null,
    ...part,
  });
  const source = { topic, partition: offsets % 3, offset: offsets };
  return eventRow({ ...aJudgedEvent({ event, source }), ...judged }, Buffer.from('a record'));
}

/** The same coordinates under another verdict, as a decision says. */
export function decided(row: EventRow, outcome: string, version: number): EventRow {
  return { ...row, outcome, version };
}
