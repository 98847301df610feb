import type { Redis } from 'ioredis';
import type { Claim, Recorded } from '../../domain/settle';
import {
  type ClaimTopics,
  claimBytes,
  decodeClaim,
  encodeClaim,
  fingerprint,
} from './claim-layout';
import type { RedisKeys } from './keys';
import { createScript } from './script';

export interface ClaimsOptions {
  readonly redis: Redis;
  readonly keys: RedisKeys;
  /** Source topics in the order of their numbers in a claim: append only. */
  readonly topics: ClaimTopics;
  /** A claim lives this long after its bucket was last written or asked for. */
  readonly windowMs: number;
  /** Buckets a client day's ids are spread over. A bucket of up to 512 ids is compact; a change hides
   *  the claims made before it, for as long as they live. */
  readonly bucketsPerDay: number;
}

/** Claims of message ids. Idempotent by (id, coordinates): whoever claims again is told the same. */
export interface RedisClaims {
  /** What is on record for each id, in order, after claiming those that were free. */
  claim(wanted: readonly Claim[]): Promise<readonly Recorded[]>;
}

/** One call holds Redis up for some tens of milliseconds at most. */
const mostPerCall = 1000;

export function createClaims(options: ClaimsOptions): RedisClaims {
  const script = createScript(options.redis, 'claim-events.lua');
  return {
    async claim(wanted) {
      const recorded: Recorded[] = [];
      for (let from = 0; from < wanted.length; from += mostPerCall) {
        const buckets = bucketsOf(wanted.slice(from, from + mostPerCall), options);
        const keys = buckets.map(({ key }) => key);
        const entries = buckets.map(({ entries }) => Buffer.concat(entries));
        const replies = (await script(keys, [options.windowMs, ...entries])) as readonly Buffer[];
        buckets.forEach(({ positions }, index) => {
          const reply = replies[index] as Buffer;
          positions.forEach((position, nth) => {
            const bytes = reply.subarray(nth * claimBytes, (nth + 1) * claimBytes);
            recorded[from + position] = decodeClaim(bytes, options.topics);
          });
        });
      }
      return recorded;
    },
  };
}

interface Bucket {
  readonly key: string;
  /** Fingerprint and claim by turns, and where each claim stands in the call. */
  readonly entries: Buffer[];
  readonly positions: number[];
}

function bucketsOf(wanted: readonly Claim[], options: ClaimsOptions): readonly Bucket[] {
  const buckets = new Map<string, Bucket>();
  wanted.forEach((claim, position) => {
    const id = fingerprint(claim);
    const key = bucketKey(claim, id, options);
    const bucket = buckets.get(key) ?? { key, entries: [], positions: [] };
    buckets.set(key, bucket);
    bucket.entries.push(id, encodeClaim(claim, options.topics));
    bucket.positions.push(position);
  });
  return [...buckets.values()];
}

const dayMs = 86_400_000;
const plausible = { from: Date.UTC(2000, 0, 1), to: Date.UTC(2100, 0, 1) };
/** Without a plausible day the id alone decides, over so many buckets that each is left alone long
 *  enough to expire: a shared one would be written for ever and only grow. */
const bucketsWithoutDay = 2 ** 22;

/** All copies of a message carry the same client time and so meet in one bucket. */
function bucketKey({ tenant, clientAt }: Claim, id: Buffer, options: ClaimsOptions): string {
  const spread = id.readUInt32BE(0);
  if (clientAt === null || clientAt < plausible.from || clientAt >= plausible.to) {
    return options.keys.claims(tenant, 'none', spread % bucketsWithoutDay);
  }
  const day = new Date(Math.floor(clientAt / dayMs) * dayMs).toISOString().slice(0, 10);
  return options.keys.claims(tenant, day, spread % options.bucketsPerDay);
}
