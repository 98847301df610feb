/** Times in milliseconds, counted in steps of a tenth up to a minute: quantiles of millions of them
 *  in 5 MB, each right to a tenth of a millisecond. */
export class Latencies {
  private readonly counts = new Uint32Array(longestMs * stepsPerMs + 1);
  private total = 0;
  private largest = 0;

  /** What is below zero (a clock was set) counts as zero, and what is over a minute as a minute. */
  add(ms: number): void {
    const step = Math.min(this.counts.length - 1, Math.max(0, Math.ceil(ms * stepsPerMs)));
    this.counts[step] = (this.counts[step] ?? 0) + 1;
    this.total += 1;
    this.largest = Math.max(this.largest, ms);
  }

  get count(): number {
    return this.total;
  }

  get max(): number {
    return this.largest;
  }

  /** How many took longer than this. */
  above(ms: number): number {
    const from = Math.floor(ms * stepsPerMs) + 1;
    return this.counts.subarray(from).reduce((sum, count) => sum + count, 0);
  }

  /** The nearest rank: the smallest time that a share of `q` of all did not exceed. Null where there
   *  are none. */
  quantile(q: number): number | null {
    if (this.total === 0) return null;
    const rank = Math.max(1, Math.ceil(q * this.total));
    let below = 0;
    const step = this.counts.findIndex((count) => {
      below += count;
      return below >= rank;
    });
    return step / stepsPerMs;
  }
}

const longestMs = 60_000;
const stepsPerMs = 10;
