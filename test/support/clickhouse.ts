import { readMigrations } from '../../deploy/setup/setup';
import { type ClickHouse, connectClickHouse } from '../../services/shared/stores/clickhouse/client';
import { migrate } from '../../services/shared/stores/clickhouse/migrate';
import { aName } from './names';
import { addressOf } from './server-addresses';

export interface TestDatabase {
  readonly clickhouse: ClickHouse;
  drop(): Promise<void>;
}

/** A database of one test, with the project's tables, on the real server. */
export async function aDatabase(): Promise<TestDatabase> {
  const url = addressOf('CLICKHOUSE_URL');
  const database = aName('test');
  const server = connectClickHouse({ url, database: 'default' });
  await server.command(`CREATE DATABASE ${database}`);
  const clickhouse = connectClickHouse({ url, database });
  await migrate(clickhouse, readMigrations());
  return {
    clickhouse,
    async drop() {
      await clickhouse.close();
      await server.command(`DROP DATABASE ${database}`);
      await server.close();
    },
  };
}
