import { readMigrations } from '../../../deploy/setup/setup';
import { type EventRow, eventRow } from '../../../services/shared/domain/event-row';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import {
  type ClickHouse,
  connectClickHouse,
} from '../../../services/shared/stores/clickhouse/client';
import { migrate } from '../../../services/shared/stores/clickhouse/migrate';
import { createUserHash } from '../../../services/shared/stores/clickhouse/user-hash';
import { aName } from '../../support/names';
import { addressOf } from '../../support/server-addresses';

export interface EventsDatabase {
  readonly clickhouse: ClickHouse;
  /** Writes the rows of these records, as they come. */
  keep(records: readonly JudgedEvent[]): Promise<void>;
  drop(): Promise<void>;
}

/** A database of this test alone, with the project's tables, on the real server. */
export async function anEventsDatabase(): Promise<EventsDatabase> {
  const url = addressOf('CLICKHOUSE_URL');
  const database = aName('insights');
  const server = connectClickHouse({ url, database: 'default' });
  await server.command(`CREATE DATABASE ${database}`);
  const clickhouse = connectClickHouse({ url, database });
  await migrate(clickhouse, readMigrations());
  const userHash = createUserHash('a key for tests');
  return {
    clickhouse,
    async keep(records) {
      const rows = records.map((record) => eventRow(record, Buffer.alloc(0)));
      await clickhouse.insert(
        'events',
        rows.map((row) => asJson(row, userHash)),
      );
    },
    async drop() {
      await clickhouse.close();
      await server.command(`DROP DATABASE ${database}`);
      await server.close();
    },
  };
}

/** The row as JSONEachRow has it. */
function asJson(row: EventRow, userHash: ReturnType<typeof createUserHash>): object {
  const { user, record: _, items, ...columns } = row;
  const of = <Key extends keyof (typeof items)[number]>(key: Key, none: unknown = '') =>
    items.map((item) => item[key] ?? none);
  return {
    ...columns,
    ...Object.fromEntries(timeColumns.map((name) => [name, timeText(row[name])])),
    userHash: String(userHash(row.tenant, user)),
    firstCounted: Number(row.firstCounted),
    selfReferral: Number(row.selfReferral),
    'items.productId': of('productId'),
    'items.sku': of('sku'),
    'items.name': of('name'),
    'items.category': of('category'),
    'items.brand': of('brand'),
    'items.priceMinor': of('priceMinor', null),
    'items.quantity': of('quantity', null),
  };
}

const timeColumns = ['eventAt', 'receivedAt', 'appendedAt', 'originalAt', 'sentAt'] as const;

function timeText(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString().replace('T', ' ').slice(0, -1);
}
