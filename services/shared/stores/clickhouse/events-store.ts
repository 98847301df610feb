import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ClickHouseError } from '@clickhouse/client';
import { FatalError, TransientError } from '../../runtime/errors';
import { type ClickHouse, clickHouseFailure } from './client';
import { eventColumnNames } from './event-columns';
import { EventRows } from './event-rows';
import { RowBinary } from './row-binary';
import type { UserHash } from './user-hash';

/** A row that the server refuses by itself. */
export interface RefusedRow {
  /** The message value it was made from. */
  readonly record: Buffer;
  readonly why: string;
}

export interface EventsStore {
  /** Room for rows that will be inserted together. */
  begin(): EventRows;
  /** Resolves when every row is written but the refused ones, which are found by halving: one bad row
   *  refuses a whole insert. Idempotent by (coordinates, version), so a caller may repeat it.
   *  TransientError: some rows may be written. FatalError: so many are refused that it is not the
   *  rows. Once it resolved the rows are spent. */
  insert(rows: EventRows): Promise<readonly RefusedRow[]>;
}

/** More refused rows than this in one insert are a wrong table, not bad rows. */
const mostRefused = 100;

const firstBytes = 1 << 20;

export function createEventsStore(clickhouse: ClickHouse, userHash: UserHash): EventsStore {
  // Megabytes outside the heap that come and go with every insert would keep the collector busy.
  const spare: RowBinary[] = [];
  const inUse = new Map<EventRows, RowBinary>();
  return {
    begin() {
      const out = spare.pop() ?? new RowBinary(firstBytes);
      const rows = new EventRows(userHash, out);
      inUse.set(rows, out);
      return rows;
    },
    async insert(rows) {
      const refused: RefusedRow[] = [];
      await insertSlice(clickhouse, { rows, from: 0, to: rows.count }, refused);
      const out = inUse.get(rows);
      inUse.delete(rows);
      if (out !== undefined) {
        out.truncate(0);
        spare.push(out);
      }
      return refused;
    },
  };
}

interface Slice {
  readonly rows: EventRows;
  readonly from: number;
  readonly to: number;
}

async function insertSlice(
  clickhouse: ClickHouse,
  slice: Slice,
  refused: RefusedRow[],
): Promise<void> {
  const { rows, from, to } = slice;
  if (from === to) return;
  try {
    await send(clickhouse, rows.slice(from, to));
  } catch (error) {
    if (tableIsToBlame(error)) throw wrongTable(error);
    if (!rowsAreToBlame(error)) throw clickHouseFailure(error);
    if (to - from === 1) {
      refuse(refused, rows.record(from), error);
      return;
    }
    const middle = (from + to) >> 1;
    await insertSlice(clickhouse, { rows, from, to: middle }, refused);
    await insertSlice(clickhouse, { rows, from: middle, to }, refused);
  }
}

function refuse(refused: RefusedRow[], record: Buffer, error: ClickHouseError): void {
  refused.push({ record, why: `${error.type}: ${error.message.slice(0, 300)}` });
  if (refused.length <= mostRefused) return;
  throw new FatalError(
    `ClickHouse refuses more than ${mostRefused} rows of one insert (${error.message.slice(0, 300)}): ` +
      'compare the table events with schemas/clickhouse, mend it, and start again. Nothing is lost.',
  );
}

async function send({ client }: ClickHouse, body: Buffer): Promise<void> {
  const { stream } = await client.exec({
    query: `INSERT INTO events (${eventColumnNames.join(', ')}) FORMAT RowBinary`,
    values: Readable.from([body], { objectMode: false }),
    query_id: `tributary-events-${randomUUID()}`,
  });
  await finished(stream.resume());
}

/** Errors that are about the table, by ClickHouse's name for them. A person has to mend it; until then
 *  rows wait, for they are as they should be. */
const tableErrors =
  /^(NO_SUCH_COLUMN_IN_TABLE|THERE_IS_NO_COLUMN|UNKNOWN_(TABLE|DATABASE|IDENTIFIER))$/;

function tableIsToBlame(error: unknown): error is ClickHouseError {
  return error instanceof ClickHouseError && tableErrors.test(error.type ?? '');
}

function wrongTable({ message }: ClickHouseError): TransientError {
  const why = `the table events is not as it should be (${message.slice(0, 300)})`;
  const advice = 'compare it with schemas/clickhouse and mend it; nothing is lost';
  return new TransientError(`${why}: ${advice}`, { server: 'clickhouse' });
}

/** Errors that are about the data sent, by ClickHouse's name for them. */
const dataErrors =
  /^(INCORRECT_DATA|VIOLATED_CONSTRAINT|CANNOT_(PARSE|READ|CONVERT|INSERT_NULL)_.*|CANNOT_READ_ALL_DATA|UNEXPECTED_END_OF_FILE|ATTEMPT_TO_READ_AFTER_EOF|TOO_LARGE_(STRING|ARRAY)_SIZE|SIZES_OF_ARRAYS_DONT_MATCH|.*_OUT_OF_(BOUND|RANGE).*)$/;

function rowsAreToBlame(error: unknown): error is ClickHouseError {
  if (!(error instanceof ClickHouseError)) return false;
  // Rows of over a hundred months at once; TOO_MANY_PARTS otherwise means that merges lag behind.
  if (error.type === 'TOO_MANY_PARTS') return error.message.includes('single INSERT block');
  return dataErrors.test(error.type ?? '');
}
