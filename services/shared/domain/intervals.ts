/** From the first to the last value, both inclusive. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

export interface IntervalsOptions {
  /** Values closer than this to an interval are taken into it, with what lies between. */
  readonly near: number;
  /** Most intervals; beyond it the two that are closest become one. */
  readonly limit: number;
}

/** A few intervals that hold every number added, and not much else: a set of numbers in bounded
 *  memory that never forgets one. */
export class Intervals {
  private readonly sorted: { first: number; last: number }[] = [];
  private latest = -1;

  constructor(private readonly options: IntervalsOptions) {}

  get spans(): readonly Span[] {
    return this.sorted;
  }

  add(value: number): void {
    const latest = this.sorted[this.latest];
    // Numbers come in runs: most lie in the interval that took the last one.
    if (latest !== undefined && value >= latest.first && value <= latest.last) return;
    this.addSpan({ first: value, last: value });
  }

  addAll(other: Intervals): void {
    for (const span of other.spans) this.addSpan(span);
  }

  private addSpan({ first, last }: Span): void {
    const { near, limit } = this.options;
    const merged = { first, last };
    // Those that reach near it stand side by side.
    const from = this.sorted.findIndex((span) => span.last + near >= first);
    let to = from < 0 ? this.sorted.length : from;
    for (let span = this.sorted[to]; span !== undefined && span.first - near <= last; ) {
      merged.first = Math.min(merged.first, span.first);
      merged.last = Math.max(merged.last, span.last);
      to += 1;
      span = this.sorted[to];
    }
    const start = from < 0 ? this.sorted.length : from;
    this.sorted.splice(start, to - start, merged);
    this.latest = start;
    if (this.sorted.length > limit) this.mergeClosest();
  }

  private mergeClosest(): void {
    let closest = 1;
    const gap = (at: number) =>
      (this.sorted[at]?.first ?? Number.POSITIVE_INFINITY) - (this.sorted[at - 1]?.last ?? 0);
    for (let at = 2; at < this.sorted.length; at += 1) if (gap(at) < gap(closest)) closest = at;
    const [left, right] = this.sorted.splice(closest - 1, 2);
    if (left === undefined || right === undefined) return;
    this.sorted.splice(closest - 1, 0, { first: left.first, last: right.last });
    this.latest = -1;
  }
}
