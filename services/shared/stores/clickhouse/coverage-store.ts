import type { PartitionLog } from '../../domain/ledger';
import type { ClickHouse } from './client';

export interface CoverageStore {
  /** Replaces what is known of these partitions. */
  record(logs: readonly PartitionLog[], sampledAt: number): Promise<void>;
  /** What was sampled last. */
  recorded(): Promise<readonly PartitionLog[]>;
  /** The latest time of a sample, milliseconds UTC; 0 before the first. */
  lastSampledAt(): Promise<number>;
}

export function createCoverageStore(clickhouse: ClickHouse): CoverageStore {
  return {
    record: (logs, sampledAt) =>
      clickhouse.insert(
        'topic_ends',
        logs.map((log) => ({ ...log, sampledAt: (sampledAt / 1000).toFixed(3) })),
      ),
    async recorded() {
      const rows = await clickhouse.rows(
        'SELECT topic, partition, logStart, logEnd FROM topic_ends FINAL',
      );
      return rows.map((row) => ({
        topic: String(row.topic),
        partition: Number(row.partition),
        logStart: Number(row.logStart),
        logEnd: Number(row.logEnd),
      }));
    },
    async lastSampledAt() {
      const [row] = await clickhouse.rows(
        'SELECT toUnixTimestamp64Milli(max(sampledAt)) AS at FROM topic_ends',
      );
      return Number(row?.at ?? 0);
    },
  };
}
