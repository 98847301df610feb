interface Entry<Thing> {
  readonly at: number;
  readonly order: number;
  readonly thing: Thing;
}

/** Things by their time, earliest first; those of one time in the order they were added. A binary
 *  heap: adding and taking cost O(log n). */
export class TimeQueue<Thing> {
  private readonly heap: Entry<Thing>[] = [];
  private added = 0;

  get size(): number {
    return this.heap.length;
  }

  add(at: number, thing: Thing): void {
    this.heap.push({ at, order: this.added, thing });
    this.added += 1;
    this.rise(this.heap.length - 1);
  }

  /** Takes the earliest out; undefined where there is none, or none up to `latest`. */
  take(latest = Number.POSITIVE_INFINITY): { at: number; thing: Thing } | undefined {
    const [first] = this.heap;
    if (first === undefined || first.at > latest) return undefined;
    const last = this.heap.pop() as Entry<Thing>;
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.sink();
    }
    return first;
  }

  private rise(from: number): void {
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.isBefore(at, above)) return;
      this.swap(at, above);
      at = above;
    }
  }

  private sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      if (left >= this.heap.length) return;
      const below = right < this.heap.length && this.isBefore(right, left) ? right : left;
      if (!this.isBefore(below, at)) return;
      this.swap(below, at);
      at = below;
    }
  }

  private isBefore(one: number, other: number): boolean {
    const [a, b] = [this.heap[one] as Entry<Thing>, this.heap[other] as Entry<Thing>];
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  private swap(one: number, other: number): void {
    const [a, b] = [this.heap[one] as Entry<Thing>, this.heap[other] as Entry<Thing>];
    this.heap[one] = b;
    this.heap[other] = a;
  }
}
