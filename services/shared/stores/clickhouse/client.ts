import { randomUUID } from 'node:crypto';
import {
  type ClickHouseClient,
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
} from '@clickhouse/client';
import { messageOf, TransientError } from '../../runtime/errors';

export interface ClickHouseOptions {
  /** May carry user:password and /database. */
  readonly url: string;
  /** Named here rather than in the URL where several databases live on one server. */
  readonly database?: string;
  /** Names the caller in the server's query log and in query ids. */
  readonly application?: string;
  /** The server stops a query after this; the request gives up a little later. 60 s by default. */
  readonly maxExecutionMs?: number;
  readonly maxConnections?: number;
}

/** Values of `{name:Type}` parameters. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/** ClickHouse as the stores need it: each call has a query id and a bounded time. What the network
 *  or the state of the server is to blame for is a TransientError; what the statement or a row is to
 *  blame for is thrown as the client's ClickHouseError. */
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
  /** The official client underneath, for streams; `clickHouseFailure` is for what it throws. */
  readonly client: ClickHouseClient;
}

/** How long after the server's own limit a request gives up, so that the server speaks first. */
const graceMs = 5000;
/** Below the 3 s after which older servers close idle connections; a request on a closed one fails. */
const idleSocketMs = 2500;

export function connectClickHouse(options: ClickHouseOptions): ClickHouse {
  const { application = 'tributary' } = options;
  const client = createOfficialClient(options);
  const guarded = async <T>(work: (queryId: string) => Promise<T>): Promise<T> => {
    try {
      return await work(`${application}-${randomUUID()}`);
    } catch (error) {
      throw clickHouseFailure(error);
    }
  };
  return {
    client,
    database: options.database ?? (new URL(options.url).pathname.slice(1) || 'default'),
    rows: (sql, parameters = {}) =>
      guarded(async (query_id) => {
        const query_params = { ...parameters };
        const format = 'JSONEachRow';
        const answer = await client.query({ query: sql, query_params, format, query_id });
        return answer.json<Record<string, unknown>>();
      }),
    command: (sql, parameters = {}) =>
      guarded(async (query_id) => {
        await client.command({ query: sql, query_params: { ...parameters }, query_id });
      }),
    insert: (table, rows, columns) =>
      guarded(async (query_id) => {
        const values = [...rows];
        const named = isNonEmpty(columns) ? { columns } : {};
        await client.insert({ table, values, format: 'JSONEachRow', query_id, ...named });
      }),
    ping: () =>
      guarded(async () => {
        const answer = await client.ping();
        if (!answer.success) throw answer.error;
      }),
    close: () => client.close(),
  };
}

function createOfficialClient(options: ClickHouseOptions): ClickHouseClient {
  const { url, database, application = 'tributary', maxExecutionMs = 60_000 } = options;
  return createClient({
    url,
    ...(database !== undefined && { database }),
    application,
    request_timeout: maxExecutionMs + graceMs,
    max_open_connections: options.maxConnections ?? 10,
    // Every failure is thrown; the client's own lines would say it twice, and not as JSON.
    log: { level: ClickHouseLogLevel.OFF },
    keep_alive: { enabled: true, idle_socket_ttl: idleSocketMs },
    clickhouse_settings: {
      max_execution_time: Math.ceil(maxExecutionMs / 1000),
      // An insert that is answered has been written, and is never dropped for looking like another.
      async_insert: 0,
      insert_deduplicate: 0,
      output_format_json_quote_64bit_integers: 1,
    },
  });
}

/** Errors that the statement or the data is to blame for, by ClickHouse's name for them; asking again
 *  gives the same answer. Everything else passes with time, or with a person's help: stopping there
 *  loses nothing. */
const permanent =
  /^(SYNTAX_ERROR|TYPE_MISMATCH|INCORRECT_DATA|BAD_ARGUMENTS|NOT_IMPLEMENTED|EMPTY_DATA_PASSED|UNKNOWN_(TABLE|DATABASE|IDENTIFIER|FUNCTION|TYPE|SETTING|FORMAT|QUERY_PARAMETER|AGGREGATE_FUNCTION)|NO_SUCH_COLUMN_IN_TABLE|THERE_IS_NO_COLUMN|DUPLICATE_COLUMN|ILLEGAL_.*|CANNOT_(PARSE|READ|CONVERT|INSERT_NULL)_.*|CANNOT_READ_ALL_DATA|UNEXPECTED_END_OF_FILE|ATTEMPT_TO_READ_AFTER_EOF|TOO_LARGE_(STRING|ARRAY)_SIZE|SIZES_OF_ARRAYS_DONT_MATCH|.*_DOESNT_MATCH|.*_OUT_OF_(BOUND|RANGE).*|TABLE_ALREADY_EXISTS|INVALID_.*|BAD_QUERY_PARAMETER)$/;

/** What a failed call means: a ClickHouseError as it is where the statement or the data is wrong, else
 *  a TransientError. */
export function clickHouseFailure(error: unknown): Error {
  if (error instanceof TransientError || error instanceof TypeError) return error;
  if (error instanceof ClickHouseError && permanent.test(error.type ?? '')) return error;
  const type = error instanceof ClickHouseError ? ` (${error.type})` : '';
  const message = `ClickHouse failed: ${messageOf(error).slice(0, 500)}${type}`;
  return new TransientError(message, { cause: error, server: 'clickhouse' });
}

function isNonEmpty(columns: readonly string[] | undefined): columns is [string, ...string[]] {
  return columns !== undefined && columns.length > 0;
}
