import { tooManyQueries } from './errors';

/** Lets `limit` holders in at once; the others wait in order, at most `maxWaiting` of them. */
export class Permits {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(
    limit: number,
    private readonly maxWaiting: number,
  ) {
    this.free = limit;
  }

  /** Resolves with the function that gives the permit back; rejects when the signal aborts first. */
  async acquire(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.free > 0) this.free -= 1;
    else await this.turn(signal);
    let held = true;
    return () => {
      if (held) this.passOn();
      held = false;
    };
  }

  private turn(signal: AbortSignal): Promise<void> {
    if (this.waiting.size >= this.maxWaiting) {
      throw tooManyQueries(`${this.maxWaiting} queries wait already`);
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.waiting.delete(enter);
        reject(signal.reason);
      };
      this.waiting.add(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  private passOn(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.free += 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
