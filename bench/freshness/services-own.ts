import { type Histogram, histogramsBy } from '../../services/shared/domain/histogram';

/** The live lane of the interests service's own histogram, from the collector's receipt on. */
export async function readOwn(interestsUrl: string): Promise<Histogram> {
  const page = await (await fetch(`${interestsUrl}/metrics`)).text();
  const lanes = histogramsBy('lane', 'tributary_event_to_tag_seconds', page);
  return lanes.get('live') ?? { count: 0, buckets: [] };
}

/** What was observed between two readings. Throws where the service was started again in between. */
export function since(before: Histogram, after: Histogram): Histogram {
  const counted = new Map(before.buckets.map(({ le, count }) => [le, count]));
  const buckets = after.buckets.map(({ le, count }) => ({
    le,
    count: count - (counted.get(le) ?? 0),
  }));
  const count = after.count - before.count;
  if (count < 0) throw new Error('the interests service was started again meanwhile');
  return { count, buckets };
}

/** Observations above a bound that is a bucket's. */
export function above(seconds: number, { count, buckets }: Histogram): number {
  if (count === 0) return 0;
  const bucket = buckets.find(({ le }) => le === seconds);
  if (bucket === undefined) throw new Error(`the histogram has no bucket at ${seconds} s`);
  return count - bucket.count;
}

/** The highest bound that something was observed below, and nothing above. */
export function highestBound({ count, buckets }: Histogram): number | null {
  return count === 0 ? null : (buckets.find((bucket) => bucket.count === count)?.le ?? null);
}
