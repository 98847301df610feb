/** What the pipeline promises from an event's receipt to its tags, seconds: 99 of 100. */
export const promisedSeconds = 0.3;

/** One histogram of a Prometheus text page: how many observations were at most each bound. */
export interface Histogram {
  readonly count: number;
  /** Ascending; the last bound is Infinity. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
}

const sample = /^(?<name>[a-zA-Z_:][\w:]*)\{(?<labels>[^}]*)\} (?<value>\S+)/;

/** Reads a histogram for each value of one label; several series of the same value are added up. */
export function histogramsBy(
  label: string,
  name: string,
  page: string,
): ReadonlyMap<string, Histogram> {
  const found = new Map<string, Map<number, number>>();
  for (const line of page.split('\n')) {
    if (!line.startsWith(`${name}_bucket{`)) continue;
    const { labels = '', value = '' } = sample.exec(line)?.groups ?? {};
    const bound = labelOf(labels, 'le');
    const key = labelOf(labels, label);
    const le = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
    const buckets = found.get(key) ?? new Map<number, number>();
    buckets.set(le, (buckets.get(le) ?? 0) + Number(value));
    found.set(key, buckets);
  }
  return new Map([...found].map(([key, buckets]) => [key, histogramOf(buckets)]));
}

function labelOf(labels: string, name: string): string {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
}

function histogramOf(counts: ReadonlyMap<number, number>): Histogram {
  const buckets = [...counts].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
  return { count: buckets.at(-1)?.count ?? 0, buckets };
}

/** All of them as one: of several instances of a service, say. Their buckets must be the same. */
export function merged(histograms: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>();
  for (const { le, count } of histograms.flatMap(({ buckets }) => buckets)) {
    counts.set(le, (counts.get(le) ?? 0) + count);
  }
  return histogramOf(counts);
}

/** The quantile as Prometheus' histogram_quantile computes it: linear within the bucket; in the last
 *  bucket its lower bound. Null where nothing was observed. */
export function quantile(q: number, { count, buckets }: Histogram): number | null {
  if (count === 0) return null;
  const rank = q * count;
  const index = buckets.findIndex((bucket) => bucket.count >= rank);
  const bucket = buckets[index];
  const below = buckets[index - 1] ?? { le: 0, count: 0 };
  if (bucket === undefined || bucket.le === Number.POSITIVE_INFINITY) return below.le;
  const inside = bucket.count - below.count;
  const share = inside === 0 ? 0 : (rank - below.count) / inside;
  return below.le + (bucket.le - below.le) * share;
}
