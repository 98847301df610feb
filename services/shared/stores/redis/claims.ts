import type { Claim, Recorded } from '../../domain/settle';
import {
  type ClaimTopics,
  claimBytes,
  fingerprint,
  fingerprintBytes,
  readClaim,
  writeClaim,
} from './claim-layout';
import { createScript, type ScriptServer } from './script';

export interface ClaimsOptions extends ScriptServer {
  /** Source topics in the order of their numbers in a claim: append only. */
  readonly topics: ClaimTopics;
  /** A claim lives this long after its bucket was last written or asked for. */
  readonly windowMs: number;
  /** Buckets a client day's ids are spread over. A bucket of up to 512 ids is compact; a change hides
   *  the claims made before it, for as long as they live. */
  readonly bucketsPerDay: number;
  /** Told of a key that held something else than claims, and was set aside. */
  readonly onSetAside?: (key: string) => void;
}

/** Claims of message ids. Idempotent by (id, coordinates): whoever claims again is told the same. */
export interface RedisClaims {
  /** What is on record for each id, in order, after claiming those that were free. */
  claim(wanted: readonly Claim[]): Promise<readonly Recorded[]>;
}

/** One call holds Redis up for some tens of milliseconds at most. */
const mostPerCall = 1000;

export function createClaims(options: ClaimsOptions): RedisClaims {
  const script = createScript(options, 'claim-events.lua', {
    types: ['hash'],
    onSetAside: options.onSetAside,
  });

  async function claimSome(wanted: readonly Claim[]): Promise<readonly Recorded[]> {
    const ids = wanted.map(fingerprint);
    const buckets = [...bucketsOf(wanted, ids, options)];
    const keys = buckets.map(([key]) => key);
    const entries = buckets.map(([, bucket]) =>
      entriesOf(bucket, { wanted, ids, topics: options.topics }),
    );
    const replies = (await script(keys, [options.windowMs, ...entries])) as readonly Buffer[];
    const recorded: Recorded[] = new Array(wanted.length);
    buckets.forEach(([, bucket], index) => {
      const reply = replies[index] as Buffer;
      bucket.forEach((position, nth) => {
        recorded[position] = readClaim(reply, nth * claimBytes, options.topics);
      });
    });
    return recorded;
  }

  return {
    async claim(wanted) {
      const recorded: Recorded[] = [];
      for (let from = 0; from < wanted.length; from += mostPerCall) {
        recorded.push(...(await claimSome(wanted.slice(from, from + mostPerCall))));
      }
      return recorded;
    },
  };
}

/** Where in the call the claims of one bucket stand. */
type Bucket = number[];

function bucketsOf(
  wanted: readonly Claim[],
  ids: readonly string[],
  { keys, bucketsPerDay }: ClaimsOptions,
): ReadonlyMap<string, Bucket> {
  const buckets = new Map<string, Bucket>();
  const dayTexts = new Map<number, string>();
  wanted.forEach(({ tenant, clientAt }, position) => {
    const spread = spreadOf(ids[position] as string);
    const day = clientDay(clientAt, dayTexts);
    const number = spread % (day === withoutDay ? bucketsWithoutDay : bucketsPerDay);
    const key = keys.claims(tenant, day, number);
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [position]);
    else bucket.push(position);
  });
  return buckets;
}

/** Fingerprint and claim by turns. */
function entriesOf(
  bucket: Bucket,
  call: { wanted: readonly Claim[]; ids: readonly string[]; topics: ClaimTopics },
): Buffer {
  const entryBytes = fingerprintBytes + claimBytes;
  const entries = Buffer.allocUnsafe(bucket.length * entryBytes);
  bucket.forEach((position, nth) => {
    const at = nth * entryBytes;
    entries.write(call.ids[position] as string, at, 'latin1');
    writeClaim(call.wanted[position] as Claim, call.topics, entries, at + fingerprintBytes);
  });
  return entries;
}

/** A number that is as evenly spread as the fingerprint it is from. */
function spreadOf(id: string): number {
  const [a, b, c] = [id.charCodeAt(0), id.charCodeAt(1), id.charCodeAt(2)];
  return (a << 16) | (b << 8) | c;
}

const dayMs = 86_400_000;
const plausible = { from: Date.UTC(2000, 0, 1), to: Date.UTC(2100, 0, 1) };
const withoutDay = 'none';
/** Without a plausible day the id alone decides, over so many buckets that each is left alone long
 *  enough to expire: a shared one would be written for ever and only grow. */
const bucketsWithoutDay = 2 ** 24;

/** The day of the client's time: all copies of a message carry the same, and so meet in one bucket. */
function clientDay(clientAt: number | null, texts: Map<number, string>): string {
  if (clientAt === null || clientAt < plausible.from || clientAt >= plausible.to) return withoutDay;
  const day = Math.floor(clientAt / dayMs);
  const known = texts.get(day) ?? new Date(day * dayMs).toISOString().slice(0, 10);
  texts.set(day, known);
  return known;
}
