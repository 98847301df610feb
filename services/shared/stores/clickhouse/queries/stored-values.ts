import type { Query } from './query';

/** The message value that a row was made from, as its last version has it. */
export interface StoredValue {
  readonly offset: number;
  readonly appendedAt: number;
  /** JudgedEvent in Avro, as it came from Kafka. */
  readonly value: Buffer;
}

export interface OffsetRange {
  readonly topic: string;
  readonly partition: number;
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** The values of one partition's records, in the order of their offsets. */
export function storedValues({ topic, partition, from, to }: OffsetRange): Query<StoredValue> {
  return {
    sql: `SELECT offset, toUnixTimestamp64Milli(appendedAt) AS at, base64Encode(record) AS bytes
  FROM events FINAL
 WHERE topic = {topic:String} AND partition = {partition:UInt16}
   AND offset >= {from:UInt64} AND offset < {to:UInt64}
 ORDER BY offset`,
    params: { topic, partition, from, to },
    parseRow: (raw) => ({
      offset: Number(raw.offset),
      appendedAt: Number(raw.at),
      value: Buffer.from(String(raw.bytes), 'base64'),
    }),
  };
}

/** From the first to the last offset that has a row, partition by partition. */
export const storedRanges: Query<OffsetRange> = {
  sql: `SELECT topic, partition, min(offset) AS first, max(offset) + 1 AS next
  FROM events GROUP BY topic, partition ORDER BY topic, partition`,
  params: {},
  parseRow: (raw) => ({
    topic: String(raw.topic),
    partition: Number(raw.partition),
    from: Number(raw.first),
    to: Number(raw.next),
  }),
};

/** Tenants and client days (`2026-01-15`, or '' for none) of which a record was appended since. */
export function daysTouchedSince(since: number): Query<string> {
  return {
    sql: `SELECT DISTINCT tenant, ifNull(toString(toDate(originalAt)), '') AS day
  FROM events
 WHERE appendedAt >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`,
    params: { since },
    parseRow: (raw) => `${raw.tenant} ${raw.day}`,
  };
}
