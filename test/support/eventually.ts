import { setTimeout as sleep } from 'node:timers/promises';

export interface Deadline {
  readonly deadlineMs: number;
  /** What did not come about, for the failure. */
  readonly message: string;
  readonly everyMs?: number;
}

/** Asks until the answer is neither false nor null nor undefined, and gives it back. A rejection
 *  counts as "not yet"; the last one is quoted where the deadline passes. */
export async function eventually<T>(
  condition: () => Promise<T> | T,
  { deadlineMs, message, everyMs = 50 }: Deadline,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + deadlineMs;
  let last = '';
  for (;;) {
    try {
      const answer = await condition();
      if (answer !== false && answer !== null && answer !== undefined) return answer;
      last = '';
    } catch (error) {
      last = `: ${(error as Error).message}`;
    }
    if (Date.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${message}${last}`);
    await sleep(everyMs);
  }
}
