/** Token buckets, one for each name: each fills by so many tokens a second, up to a burst. */
export interface TokenBuckets {
  /** Takes tokens from a bucket that holds at least one, also more than it holds: those that come
   *  after wait for the debt to be paid, so that a large request is no worse off than small ones.
   *  Returns 0, or how many milliseconds it takes until the bucket holds one again. */
  take(name: string, tokens: number): number;
  /** Takes them in any case, also from a bucket that holds none. */
  charge(name: string, tokens: number): void;
  /** The same answer, and nothing is taken. */
  waitMs(name: string): number;
}

export interface TokenBucketsOptions {
  readonly perSecond: number;
  readonly burst: number;
  /** Buckets that are remembered. Beyond it the one that was not used for longest is forgotten, which
   *  is the one most likely to be full again. */
  readonly most: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Sums of fractions may lie a little below the whole token that they are. */
const one = 1 - 1e-9;

interface Bucket {
  tokens: number;
  at: number;
}

export function createTokenBuckets(options: TokenBucketsOptions): TokenBuckets {
  const { perSecond, burst, most, now } = options;
  const buckets = new Map<string, Bucket>();

  /** A clock that was set back fills nothing; it must not empty anything either. */
  function fill(bucket: Bucket): void {
    const at = now();
    const passedMs = Math.max(0, at - bucket.at);
    bucket.tokens = Math.min(burst, bucket.tokens + (passedMs * perSecond) / 1000);
    bucket.at = at;
  }

  function use(name: string): Bucket {
    const known = buckets.get(name);
    if (known !== undefined) {
      fill(known);
      // Last in the order of the map: forgotten last.
      buckets.delete(name);
      buckets.set(name, known);
      return known;
    }
    const [oldest] = buckets.keys();
    if (buckets.size >= most && oldest !== undefined) buckets.delete(oldest);
    const made = { tokens: burst, at: now() };
    buckets.set(name, made);
    return made;
  }

  const waitOf = ({ tokens }: Bucket): number =>
    tokens >= one ? 0 : Math.max(1, Math.ceil(((one - tokens) * 1000) / perSecond));

  return {
    take(name, tokens) {
      const bucket = use(name);
      const wait = waitOf(bucket);
      if (wait === 0) bucket.tokens -= tokens;
      return wait;
    },
    charge(name, tokens) {
      use(name).tokens -= tokens;
    },
    waitMs(name) {
      const bucket = buckets.get(name);
      if (bucket === undefined) return 0;
      fill(bucket);
      return waitOf(bucket);
    },
  };
}
