import { type Histogram, quantile } from '../../services/shared/domain/histogram';
import type { FollowedTag, Latency, Rate } from './view';

/** A reading and when it was made. Trends need two. */
export interface Sample<Reading> {
  readonly at: number;
  readonly reading: Reading;
}

/** The readings with one more, without those that are older than `keepMs`; one of them stays, to
 *  compare the rest with. */
export function withSample<Reading>(
  samples: readonly Sample<Reading>[],
  sample: Sample<Reading>,
  keepMs: number,
): readonly Sample<Reading>[] {
  const all = [...samples, sample];
  const first = all.findIndex(({ at }) => at >= sample.at - keepMs);
  return all.slice(Math.max(0, first - 1));
}

const rateOverMs = 5_000;

/** Events a second from readings of a counter. A counter that falls was begun anew. */
export function rateOf(samples: readonly Sample<number>[]): Rate {
  const steps = samples.slice(1).map(({ at, reading }, index) => {
    const { at: before, reading: last } = samples[index] as Sample<number>;
    const events = reading >= last ? reading - last : reading;
    return { at, ms: Math.max(1, at - before), events };
  });
  const recent = steps.map(({ ms, events }) => (events / ms) * 1000);
  const latest = steps.at(-1)?.at ?? 0;
  const counted = steps.filter(({ at }) => at > latest - rateOverMs);
  const ms = counted.reduce((sum, step) => sum + step.ms, 0);
  const events = counted.reduce((sum, step) => sum + step.events, 0);
  return { perSecond: counted.length === 0 ? null : (events / ms) * 1000, recent };
}

/** Percentiles of what was observed between the first reading and the last. */
export function latencyOf(samples: readonly Sample<Histogram>[]): Latency | null {
  const [first, last] = [samples.at(0)?.reading, samples.at(-1)?.reading];
  if (first === undefined || last === undefined) return null;
  const recent = since(first, last);
  return {
    events: recent.count,
    p50: quantile(0.5, recent),
    p99: quantile(0.99, recent),
    overallP99: quantile(0.99, last),
  };
}

/** A histogram that has shrunk was begun anew: then all of it is recent. */
function since(first: Histogram, last: Histogram): Histogram {
  if (first.count > last.count) return last;
  const before = new Map(first.buckets.map(({ le, count }) => [le, count]));
  return {
    count: last.count - first.count,
    buckets: last.buckets.map(({ le, count }) => ({ le, count: count - (before.get(le) ?? 0) })),
  };
}

/** A person's tags by weight at one moment. */
export type Weights = ReadonlyMap<string, number>;

const changeOverMs = 10_000;

/** The tags of the last reading, strongest first, against those of ten seconds before. */
export function tagTrends(samples: readonly Sample<Weights>[]): readonly FollowedTag[] {
  const last = samples.at(-1);
  if (last === undefined) return [];
  const before = samples.findLast(({ at }) => at <= last.at - changeOverMs) ?? samples[0];
  return [...last.reading].map(([tag, weight]) => {
    const earlier = before?.reading.get(tag);
    return { tag, weight, change: earlier === undefined ? null : weight - earlier };
  });
}
