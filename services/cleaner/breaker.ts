import type { JudgedEvent } from '../shared/domain/outcome';
import { TransientError } from '../shared/runtime/errors';
import type { RecordBatch } from '../shared/runtime/stage';

/** Stops a partition rather than bury it: where many records of a known schema do not decode, it is not
 *  the records. */
export interface Breaker {
  /** TransientError while the partition stands still, before anything of the batch took effect. What it
   *  answers with is to be called when everything has: a batch that comes again counts once. */
  check(batch: RecordBatch, verdicts: readonly Pick<JudgedEvent, 'reason'>[]): () => void;
}

export const breakerLimits = {
  inARow: 100,
  /** Of the records of a minute, once there are enough of them to tell. */
  share: 0.01,
  enough: 1000,
  windowMs: 60_000,
} as const;

interface Minute {
  readonly startedAt: number;
  readonly records: number;
  readonly undecodable: number;
}

interface Partition {
  readonly inARow: number;
  /** The running minute and the one before it. */
  readonly minutes: readonly [Minute, Minute];
}

const nothing: Minute = { startedAt: 0, records: 0, undecodable: 0 };

export function createBreaker(now: () => number): Breaker {
  const partitions = new Map<string, Partition>();
  const stopped = new Map<string, string>();
  return {
    check({ topic, partition }, verdicts) {
      const name = `${topic}/${partition}`;
      const before = partitions.get(name) ?? { inARow: 0, minutes: [nothing, nothing] };
      const after = added(before, verdicts, now());
      const why = stopped.get(name) ?? faultOf(after);
      if (why === null) return () => void partitions.set(name, after);
      stopped.set(name, why);
      throw new TransientError(`${name} stands still: ${why}. ${advice}`);
    },
  };
}

const advice =
  'Either this version reads the schema wrongly or a producer writes bytes that are not of the schema ' +
  'they name. The dead letters before it have examples. Mend it and start the cleaner again; with ' +
  'DECODE_BREAKER=false they all become dead letters, which can be sent again later.';

function added(
  { inARow, minutes }: Partition,
  verdicts: readonly Pick<JudgedEvent, 'reason'>[],
  at: number,
): Partition {
  let longest = 0;
  let run = inARow;
  let undecodable = 0;
  for (const { reason } of verdicts) {
    run = reason === 'undecodable' ? run + 1 : 0;
    if (reason === 'undecodable') undecodable += 1;
    longest = Math.max(longest, run);
  }
  const [current, previous] = turned(minutes, at);
  const minute = {
    startedAt: current.startedAt,
    records: current.records + verdicts.length,
    undecodable: current.undecodable + undecodable,
  };
  // A run that is long enough stops the partition, also where sound records follow it in the batch.
  const isLong = longest >= breakerLimits.inARow;
  return { inARow: isLong ? longest : run, minutes: [minute, previous] };
}

function turned([current, previous]: Partition['minutes'], at: number): Partition['minutes'] {
  const age = at - current.startedAt;
  if (age < breakerLimits.windowMs) return [current, previous];
  const fresh = { ...nothing, startedAt: at };
  return [fresh, age < 2 * breakerLimits.windowMs ? current : nothing];
}

function faultOf({ inARow, minutes: [current, previous] }: Partition): string | null {
  if (inARow >= breakerLimits.inARow) {
    return `${inARow} records in a row do not decode although their schema is known`;
  }
  const records = current.records + previous.records;
  const undecodable = current.undecodable + previous.undecodable;
  if (records < breakerLimits.enough || undecodable <= breakerLimits.share * records) return null;
  return `${undecodable} of the last ${records} records do not decode although their schema is known`;
}

/** Lets everything pass. */
export const noBreaker: Breaker = { check: () => () => {} };
