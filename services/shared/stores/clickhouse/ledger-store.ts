import type { Finding, FoundRows, OffsetRange, PartitionSpan } from '../../domain/ledger';
import type { ClickHouse } from './client';
import { lastFindings, partitionSpans } from './queries/ledger';
import { firstShared, missingRanges, rowsAgainst, sharedCoordinates } from './queries/ledger-rows';
import { ask } from './queries/query';

export interface LedgerStore {
  /** First offsets as written down, by partition. */
  spans(): Promise<readonly PartitionSpan[]>;
  /** Every partition that there are rows of, against these spans. */
  rowsAgainst(spans: readonly PartitionSpan[]): Promise<readonly FoundRows[]>;
  /** Offsets without a row, in order, at most so many ranges of them. */
  missing(range: OffsetRange, most: number): Promise<readonly OffsetRange[]>;
  /** Rows that stand under the coordinates of another one. */
  shared(): Promise<readonly Finding[]>;
  /** What was found last. */
  findings(): Promise<readonly Finding[]>;
  /** Replaces what was found of these partitions and kinds. */
  recordFindings(findings: readonly Finding[], foundAt: number): Promise<void>;
  /** Writes down that Kafka has no records there. Idempotent: the same offset gives the same row. */
  writeVoids(ranges: readonly OffsetRange[]): Promise<void>;
}

/** The ledger's table as it is compared with Kafka. Every call throws a TransientError where the server
 *  is away. */
export function createLedgerStore(clickhouse: ClickHouse): LedgerStore {
  return {
    spans: () => ask(clickhouse, partitionSpans),
    rowsAgainst: (spans) => ask(clickhouse, rowsAgainst(spans)),
    missing: (range, most) => ask(clickhouse, missingRanges(range, most)),
    async shared() {
      const partitions = await ask(clickhouse, sharedCoordinates);
      return Promise.all(
        partitions.map(async ({ records, ...at }) => {
          const [offset = 0] = await ask(clickhouse, firstShared(at));
          return { ...at, kind: 'same_coordinates' as const, records, offset };
        }),
      );
    },
    findings: () => ask(clickhouse, lastFindings),
    recordFindings: (findings, foundAt) =>
      clickhouse.insert(
        'ledger_findings',
        findings.map(({ offset, ...finding }) => ({
          ...finding,
          firstOffset: offset,
          foundAt: (foundAt / 1000).toFixed(3),
        })),
      ),
    writeVoids: (ranges) => clickhouse.insert('events', ranges.flatMap(voidRows)),
  };
}

/** Kafka knows no time of an offset without a record: such rows stand at 1970. */
const noTime = '1970-01-01 00:00:00.000';

function voidRows({ topic, partition, from, to }: OffsetRange): readonly object[] {
  const times = { eventAt: noTime, receivedAt: noTime, appendedAt: noTime };
  return Array.from({ length: to - from }, (_, nth) => ({
    ...{ topic, partition, offset: from + nth, outcome: 'void' },
    ...times,
  }));
}
