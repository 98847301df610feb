import type { ClickHouse, QueryParameters } from '../client';

/** A question to ClickHouse as a value: the text, what is bound in it, and how a row is read. */
export interface Query<Row> {
  readonly sql: string;
  readonly params: QueryParameters;
  parseRow(raw: RawRow): Row;
}

/** As ClickHouse sends it: 64-bit integers are strings. */
export type RawRow = Readonly<Record<string, unknown>>;

/** All rows of the answer. Throws TransientError where the server is down. */
export async function ask<Row>(clickhouse: ClickHouse, query: Query<Row>): Promise<readonly Row[]> {
  const rows = await clickhouse.rows(query.sql, query.params);
  return rows.map((raw) => query.parseRow(raw));
}

/** The only row of an answer that always has one, as an aggregate without groups does. */
export async function askOne<Row>(clickhouse: ClickHouse, query: Query<Row>): Promise<Row> {
  const [row] = await ask(clickhouse, query);
  if (row === undefined) throw new Error('ClickHouse answered an aggregate without a row');
  return row;
}
