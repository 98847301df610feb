import type { ClickHouse } from './client';

export interface Migration {
  /** From the file name: 001-events.sql is 1. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Applies what is not applied yet, in order. FatalError where an applied file has changed. Returns
 *  the names of those it applied. */
export async function migrate(
  clickhouse: ClickHouse,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  throw new Error(`being written ${clickhouse.database} ${migrations.length}`);
}
