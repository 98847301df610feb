/** Virtual time and everything that will happen in it, in one order. Milliseconds. */
export interface Timeline {
  now(): number;
  /** `act` happens this much later; of what happens in the same millisecond, what was planned first. */
  after(delayMs: number, act: () => void): void;
  /** Lets things happen until nothing is left to, or the time is over. Between any two, everybody who
   *  waits for what just happened goes on as far as they can. */
  runUntil(end: number): Promise<void>;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

export function createTimeline(startAt: number): Timeline {
  const heap: Planned[] = [];
  let [now, planned] = [startAt, 0];
  return {
    now: () => now,
    after(delayMs, act) {
      planned += 1;
      push(heap, { at: now + Math.max(0, Math.round(delayMs)), order: planned, act });
    },
    async runUntil(end) {
      for (let next = heap[0]; next !== undefined && next.at <= end; next = heap[0]) {
        pop(heap);
        now = next.at;
        next.act();
        await quiet();
      }
      now = Math.max(now, end);
    },
  };
}

/** Promises settle before the event loop turns: after one turn everybody waits for the timeline. */
function quiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function isSooner(one: Planned, other: Planned): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function push(heap: Planned[], item: Planned): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Planned;
    if (!isSooner(item, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = item;
}

function pop(heap: Planned[]): void {
  const last = heap.pop() as Planned;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    const isLeft = right === undefined || (left !== undefined && isSooner(left, right));
    const child = isLeft ? left : right;
    if (child === undefined || !isSooner(child, last)) break;
    heap[at] = child;
    at = 2 * at + (isLeft ? 1 : 2);
  }
  heap[at] = last;
}
