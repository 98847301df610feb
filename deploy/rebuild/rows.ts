import type { JudgedEvent } from '../../services/shared/domain/outcome';
import type { Codec } from '../../services/shared/runtime/codec';
import { FatalError } from '../../services/shared/runtime/errors';
import type { ClickHouse } from '../../services/shared/stores/clickhouse/client';
import { ask } from '../../services/shared/stores/clickhouse/queries/query';
import {
  type OffsetRange,
  type StoredValue,
  storedRanges,
  storedValues,
} from '../../services/shared/stores/clickhouse/queries/stored-values';

export interface JudgedRow {
  readonly judged: JudgedEvent;
  readonly appendedAt: number;
}

export interface RowsOptions {
  readonly clickhouse: ClickHouse;
  readonly codec: Pick<Codec<JudgedEvent>, 'prepare' | 'decode'>;
  readonly say: (line: string) => void;
}

/** Rows read at once: some tens of megabytes. */
const rowsAtOnce = 20_000;

/** Every row of the ledger as it last stands, partition by partition in the order of offsets, so that
 *  watermarks move as they did. */
export async function* allRows({
  clickhouse,
  codec,
  say,
}: RowsOptions): AsyncGenerator<readonly JudgedRow[]> {
  for (const range of await ask(clickhouse, storedRanges)) {
    let read = 0;
    for (const part of partsOf(range)) {
      const values = await ask(clickhouse, storedValues(part));
      await codec.prepare(values.map(({ value }) => value));
      const rows = values.map((one) => rowOf(one, part, codec));
      const refused = rows.filter(({ judged }) => judged.reason === 'row_refused');
      await codec.prepare(refused.map(({ judged }) => judged.undecoded));
      read += rows.length;
      yield rows.map((row) => refusedOriginal(row, codec));
    }
    say(`${range.topic}/${range.partition}: ${read} records`);
  }
}

function partsOf({ from, to, ...place }: OffsetRange): readonly OffsetRange[] {
  const count = Math.ceil((to - from) / rowsAtOnce);
  return Array.from({ length: count }, (_, nth) => {
    const start = from + nth * rowsAtOnce;
    return { ...place, from: start, to: Math.min(to, start + rowsAtOnce) };
  });
}

function rowOf(
  { value, offset, appendedAt }: StoredValue,
  { topic, partition }: OffsetRange,
  codec: Pick<Codec<JudgedEvent>, 'decode'>,
): JudgedRow {
  const decoded = codec.decode(value);
  if (decoded.ok) return { judged: decoded.value, appendedAt };
  throw new FatalError(
    `the row of ${topic}/${partition}/${offset} cannot be read: ${decoded.message}. Run the rebuild of ` +
      'the version that wrote it, or a later one.',
  );
}

/** A record that ClickHouse refused took effect before that: its dead letter has the record. */
function refusedOriginal(row: JudgedRow, codec: Pick<Codec<JudgedEvent>, 'decode'>): JudgedRow {
  const { reason, undecoded } = row.judged;
  if (reason !== 'row_refused') return row;
  const decoded = codec.decode(undecoded);
  return decoded.ok ? { ...row, judged: decoded.value } : row;
}
