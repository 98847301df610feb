import type { ClickHouseClient } from '@clickhouse/client';

export interface ClickHouseOptions {
  /** May carry user:password and /database. */
  readonly url: string;
  /** Named here rather than in the URL where several databases live on one server. */
  readonly database?: string;
  /** The server stops a query after this; the request gives up a little later. */
  readonly maxExecutionMs?: number;
  readonly maxConnections?: number;
}

/** Values of `{name:Type}` parameters. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/** ClickHouse as the stores need it: each call has a query id and a bounded time, and failures of the
 *  network or the server are TransientError. */
export interface ClickHouse {
  /** Rows of a SELECT, as JSON objects (64-bit integers are strings). */
  rows(sql: string, parameters?: QueryParameters): Promise<readonly Record<string, unknown>[]>;
  /** Any statement without an answer. */
  command(sql: string, parameters?: QueryParameters): Promise<void>;
  /** One insert in JSONEachRow; resolved means written. `columns` names EPHEMERAL ones too. */
  insert(table: string, rows: readonly object[], columns?: readonly string[]): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
  readonly database: string;
  /** The official client underneath, for streams. */
  readonly client: ClickHouseClient;
}

export function connectClickHouse(options: ClickHouseOptions): ClickHouse {
  throw new Error(`being written ${options.url}`);
}
