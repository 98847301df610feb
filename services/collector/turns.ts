/** Who may work for some milliseconds without a pause. */
export interface Turns {
  /** Resolves when it is one's turn, in the order of asking. */
  mine(): Promise<void>;
}

/** Work that asks for it begins no later in a turn of the event loop. */
const beginsWithinMs = 4;

/**
 * Shares the turns of the event loop out: pieces of work run one after the other until the turn has
 * taken its time, and the rest in the next one. Without it a hundred requests that arrive together run
 * in a single turn, and so do those that merely let each other go first: Node runs all that
 * `setImmediate` was given at once.
 */
export function createTurns(now: () => number = () => performance.now()): Turns {
  const waiting: (() => void)[] = [];
  function run(begunAt: number): void {
    waiting.shift()?.();
    if (waiting.length === 0) return;
    // The piece of work is a microtask, or a few: this is done after all of them.
    queueMicrotask(() =>
      process.nextTick(() => {
        if (now() - begunAt < beginsWithinMs) run(begunAt);
        else setImmediate(() => run(now()));
      }),
    );
  }
  return {
    mine: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) setImmediate(() => run(now()));
      }),
  };
}
