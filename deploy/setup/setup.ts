import type { Kafka } from 'kafkajs';
import type { ClickHouse } from '../../services/shared/stores/clickhouse/client';
import type { Log } from '../../services/shared/runtime/log';

export interface SetupOptions {
  readonly kafka: Kafka;
  readonly registryUrl: string;
  readonly clickhouseUrl: string;
  readonly database: string;
  readonly topicPrefix: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly log: Log;
}

/** Topics, schemas, tables and first offsets: everything the services expect to be there. Safe to
 *  repeat. FatalError where what is there cannot be made right without a person. */
export async function setup(options: SetupOptions): Promise<void> {
  throw new Error(`being written ${options.database}`);
}
export type Unused = ClickHouse;
