/** Who may work for some milliseconds without a pause. */
export interface Turns {
  /** Resolves when it is one's turn, in the order of asking. */
  mine(): Promise<void>;
}

/**
 * One turn of the event loop for each piece of long work, whatever asks for one at the same time:
 * Node runs all that `setImmediate` was given in a single turn, so a hundred requests that merely let
 * each other go first would still hold up everybody together.
 */
export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  function next(): void {
    const first = waiting.shift();
    if (waiting.length > 0) setImmediate(next);
    first?.();
  }
  return {
    mine: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) setImmediate(next);
      }),
  };
}
