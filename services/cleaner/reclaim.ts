import { nameOf, type OffsetRange } from '../shared/domain/ledger';
import type { JudgedEvent } from '../shared/domain/outcome';
import { claimOfRow, findingOfRow } from '../shared/domain/rebuilding';
import type { ReadCleaned } from '../shared/runtime/cleaned-record';
import type { Codec } from '../shared/runtime/codec';
import { TransientError } from '../shared/runtime/errors';
import type { LogBounds } from '../shared/runtime/kafka';
import type { Log } from '../shared/runtime/log';
import type { LookedUp } from '../shared/runtime/lookup';
import type { Topics } from '../shared/runtime/topics';
import type { OrderMemory } from './orders';
import type { Claims } from './stage';

export interface ReclaimDeps {
  readonly published: {
    read(): Promise<{
      readonly runId: string | null;
      readonly offsets: ReadonlyMap<string, number>;
    }>;
    whole(runId: string): Promise<void>;
  };
  readonly claims: Claims;
  readonly orders: Pick<OrderMemory, 'keep'>;
  bounds(topic: string): Promise<ReadonlyMap<number, LogBounds>>;
  lookUp(ranges: readonly OffsetRange[]): Promise<LookedUp>;
  readonly codec: Pick<Codec<JudgedEvent>, 'prepare' | 'decode'>;
  readonly readCleaned: ReadCleaned;
  readonly topics: Pick<Topics, 'clean' | 'rejected'>;
  readonly log: Pick<Log, 'warn'>;
}

/** Held in memory at once. */
const mostRecords = 20_000;

/** Makes the claims again that a server may have lost and under which something was published: else a
 *  copy of a message that comes through another partition would be taken for the first one, although
 *  this one has taken effect. Reads what was published since the claims were last known to be whole.
 *  Idempotent, and done once a server (`runId`), whoever gets there first. TransientError where Kafka or
 *  Redis does not answer. */
export async function reclaim(runId: string, deps: ReclaimDeps): Promise<void> {
  const { published, log } = deps;
  const { runId: wholeOn, offsets } = await published.read();
  if (wholeOn === runId) return;
  const unsure = await unsureRanges(offsets, deps);
  for (const piece of pieces(unsure, mostRecords)) await reclaimPiece(piece, deps);
  await published.whole(runId);
  const records = unsure.reduce((sum, range) => sum + lengthOf(range), 0);
  if (records > 0) log.warn({ records }, 'the claims behind these records were made again');
}

/** What was published beyond the offsets up to which claims are here. */
async function unsureRanges(
  offsets: ReadonlyMap<string, number>,
  { bounds, topics: { clean, rejected } }: ReclaimDeps,
): Promise<readonly OffsetRange[]> {
  const ranges: OffsetRange[] = [];
  for (const topic of [clean, rejected]) {
    for (const [partition, { low, high: to }] of await bounds(topic)) {
      const from = Math.max(low, offsets.get(nameOf({ topic, partition })) ?? low);
      if (from < to) ranges.push({ topic, partition, from, to });
    }
  }
  return ranges;
}

async function reclaimPiece(ranges: readonly OffsetRange[], deps: ReclaimDeps): Promise<void> {
  const { claims, orders, codec, readCleaned } = deps;
  const { records, voids } = await deps.lookUp(ranges);
  const found = records.length + voids.reduce((sum, range) => sum + lengthOf(range), 0);
  const wanted = ranges.reduce((sum, range) => sum + lengthOf(range), 0);
  if (found < wanted) {
    const message = `${found} of ${wanted} published records could be read`;
    throw new TransientError(message, { server: 'kafka' });
  }
  await codec.prepare(records.map(({ value }) => value));
  const judged = records.flatMap((record) => readCleaned(record, codec.decode(record.value)) ?? []);
  await claims.claim(judged.flatMap((one) => claimOfRow(one) ?? []));
  const findings = judged.flatMap((one) => findingOfRow(one) ?? []);
  if (findings.length > 0) await orders.keep(findings);
}

/** Ranges of so many offsets together at most, each of them in order. */
function* pieces(ranges: readonly OffsetRange[], most: number): Generator<readonly OffsetRange[]> {
  let piece: OffsetRange[] = [];
  let room = most;
  for (const range of ranges) {
    for (let from = range.from; from < range.to; ) {
      const to = Math.min(range.to, from + room);
      piece.push({ ...range, from, to });
      room -= to - from;
      from = to;
      if (room > 0) continue;
      yield piece;
      [piece, room] = [[], most];
    }
  }
  if (piece.length > 0) yield piece;
}

function lengthOf({ from, to }: OffsetRange): number {
  return to - from;
}
