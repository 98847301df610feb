import { nameOf, type PartitionLog } from '../shared/domain/ledger';
import type { Clock } from '../shared/runtime/clock';
import { FatalError } from '../shared/runtime/errors';
import type { Task } from './schedule';

export interface CoverageDeps {
  readonly kafka: {
    /** The logs of all raw and import partitions. */
    logs(): Promise<readonly PartitionLog[]>;
  };
  readonly store: {
    /** Replaces what is known of these partitions. */
    record(logs: readonly PartitionLog[], sampledAt: number): Promise<void>;
    recorded(): Promise<readonly PartitionLog[]>;
    /** The latest `sampledAt` on record; 0 where there is none. */
    lastSampledAt(): Promise<number>;
  };
  readonly clock: Clock;
  readonly everyMs: number;
}

/** Writes down how far the source topics reach, so that the ledger's `accepted` is measured apart
 *  from its rows. Partitions that did not move are not written again. */
export function coverageTask({ kafka, store, clock, everyMs }: CoverageDeps): Task {
  let written = new Map<string, PartitionLog>();
  return {
    name: 'coverage',
    isDue: ({ now, endedAt }) => now - endedAt >= everyMs,
    async run() {
      const sampledAt = clock.now();
      const logs = await kafka.logs();
      const moved = logs.filter((log) => !isSame(log, written.get(nameOf(log))));
      // The latest sample stands: one of a clock that was set back must not lose against older ones.
      const latest = moved.length > 0 ? await store.lastSampledAt() : 0;
      if (moved.length > 0) await store.record(moved, Math.max(sampledAt, latest + 1));
      written = new Map(logs.map((log) => [nameOf(log), log]));
    },
  };
}

/** Refuses to run on a Kafka whose logs are shorter than they were: new records would have the
 *  coordinates of old ones, and take their rows' place. TransientError when a server is away. */
export async function assertLogsGrew({
  kafka,
  store,
}: {
  readonly kafka: CoverageDeps['kafka'];
  readonly store: Pick<CoverageDeps['store'], 'recorded'>;
}): Promise<void> {
  const logs = await kafka.logs();
  const ends = new Map(logs.map((log) => [nameOf(log), log.logEnd]));
  const topics = new Set(logs.map(({ topic }) => topic));
  const recorded = await store.recorded();
  const shrunk = recorded
    .filter((known) => topics.has(known.topic) && (ends.get(nameOf(known)) ?? 0) < known.logEnd)
    .map(
      (known) => `${nameOf(known)} ends at ${ends.get(nameOf(known))} and reached ${known.logEnd}`,
    );
  if (shrunk.length === 0) return;
  throw new FatalError(
    `source topics are not the ones that ClickHouse has rows of (${shrunk.slice(0, 5).join('; ')}): ` +
      'their records would replace those rows. Give remade topics new names, or restore Kafka; to ' +
      'start anew, empty ClickHouse and Redis as well.',
  );
}

function isSame(log: PartitionLog, other: PartitionLog | undefined): boolean {
  return other?.logStart === log.logStart && other.logEnd === log.logEnd;
}
