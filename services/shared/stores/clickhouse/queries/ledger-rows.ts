import type { FoundRows, OffsetRange, PartitionName, PartitionSpan } from '../../../domain/ledger';
import type { Query, RawRow } from './query';

/** The rows of each partition against its span, in one pass over the table. Versions of a row share
 *  its coordinates, so they need not be merged. */
export function rowsAgainst(spans: readonly PartitionSpan[]): Query<FoundRows> {
  return {
    sql: `SELECT topic, partition, known, voids, lowest, highest,
       bitmapCardinality(within) AS offsets,
       bitmapMax(within) AS lastOffset,
       bitmapCardinality(beyond) AS ahead,
       bitmapToArray(bitmapSubsetLimit(beyond, 0, 1000)) AS offsetsAhead,
       rows - offsets - ahead AS before
  FROM (
    SELECT topic, partition, known, lowest, highest,
           bitmapSubsetInRange(seen, firstOffset, logEnd) AS within,
           bitmapSubsetInRange(seen, logEnd, highest + 1) AS beyond,
           bitmapCardinality(bitmapSubsetInRange(void, firstOffset, logEnd)) AS voids,
           bitmapCardinality(seen) AS rows
      FROM (
        SELECT toString(topic) AS topic, partition, groupBitmapState(offset) AS seen,
               groupBitmapStateIf(offset, outcome = 'void') AS void,
               min(offset) AS lowest, max(offset) AS highest
          FROM events
         GROUP BY topic, partition
      ) AS found
      LEFT JOIN (
        SELECT span.1 AS topic, span.2 AS partition, span.3 AS firstOffset,
               greatest(span.3, span.4) AS logEnd, 1 AS known
          FROM (
            SELECT arrayJoin(arrayZip({topics:Array(String)}, {partitions:Array(UInt16)},
                                      {firsts:Array(UInt64)}, {ends:Array(UInt64)})) AS span
          )
      ) AS spans
     USING (topic, partition)
  )
 ORDER BY topic, partition`,
    params: {
      topics: spans.map(({ topic }) => topic),
      partitions: spans.map(({ partition }) => partition),
      firsts: spans.map(({ firstOffset }) => firstOffset),
      ends: spans.map(({ logEnd }) => logEnd),
    },
    parseRow: (raw) => ({
      ...partitionNameOf(raw),
      isKnown: Number(raw.known) === 1,
      offsets: Number(raw.offsets),
      voids: Number(raw.voids),
      lastOffset: Number(raw.offsets) === 0 ? null : Number(raw.lastOffset),
      ahead: Number(raw.ahead),
      before: Number(raw.before),
      lowest: Number(raw.lowest),
      highest: Number(raw.highest),
      offsetsAhead: (raw.offsetsAhead as readonly unknown[]).map(Number),
    }),
  };
}

/** Offsets of the range that have no row, as ranges, in order, at most so many of them. */
export function missingRanges(range: OffsetRange, most: number): Query<OffsetRange> {
  const { topic, partition, from, to } = range;
  return {
    sql: `SELECT previous + 1 AS gapFrom, offset AS gapTo
  FROM (
    SELECT offset,
           lagInFrame(offset, 1, toInt64({from:Int64} - 1)) OVER (ORDER BY offset) AS previous
      FROM (
        SELECT DISTINCT toInt64(offset) AS offset
          FROM events
         WHERE topic = {topic:String} AND partition = {partition:UInt16}
           AND offset >= {from:Int64} AND offset < {to:Int64}
         UNION ALL
        SELECT toInt64({to:Int64}) AS offset
      )
  )
 WHERE offset > previous + 1
 ORDER BY gapFrom
 LIMIT {most:UInt32}`,
    params: { topic, partition, from, to, most },
    parseRow: (raw) => ({ topic, partition, from: Number(raw.gapFrom), to: Number(raw.gapTo) }),
  };
}

/** Partitions in which two rows stand under the same coordinates, and how many do. Rows of one record
 *  share their sort key and are merged; what is left over was not made from it. */
export const sharedCoordinates: Query<PartitionName & { readonly records: number }> = {
  sql: `SELECT topic, partition, count() - groupBitmap(offset) AS records
  FROM events FINAL
 GROUP BY topic, partition
HAVING records > 0`,
  params: {},
  parseRow: (raw) => ({ ...partitionNameOf(raw), records: Number(raw.records) }),
};

/** The first offset of a partition that two rows share. */
export function firstShared({ topic, partition }: PartitionName): Query<number> {
  return {
    sql: `SELECT offset
  FROM events FINAL
 WHERE topic = {topic:String} AND partition = {partition:UInt16}
 GROUP BY offset
HAVING count() > 1
 ORDER BY offset
 LIMIT 1`,
    params: { topic, partition },
    parseRow: (raw) => Number(raw.offset),
  };
}

function partitionNameOf(raw: RawRow): PartitionName {
  return { topic: String(raw.topic), partition: Number(raw.partition) };
}
