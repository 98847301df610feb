import { openSync, readSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';

/** The longest that the event loop of this process stood still since it was last asked, in seconds. */
export interface LoopStall {
  /** From one turn to the next, whoever is to blame: a machine without time for the process, too. */
  readonly loop: number;
  /** As above, but no more than the processor time of the loop's thread meanwhile: what its own code is
   *  to blame for. */
  readonly work: number;
  /** The longest pause of the garbage collector; a part of both. */
  readonly gc: number;
}

export interface LoopWatch {
  /** What was measured since the last call, which is then forgotten. */
  take(): LoopStall;
}

/** Turns are looked at this often: what is shorter does not show, and `loop` may be that much short. */
const everyMs = 10;

/** Watches the event loop for as long as the process lives, without keeping it alive. */
export function watchLoop(): LoopWatch {
  let worst = { loop: 0, work: 0, gc: 0 };
  const worked = workedClock();
  const turn = () => ({ at: performance.now(), worked: worked() });
  let last = turn();
  setInterval(() => {
    const now = turn();
    const passedMs = now.at - last.at;
    worst.loop = Math.max(worst.loop, passedMs - everyMs);
    worst.work = Math.max(worst.work, Math.min(passedMs, now.worked - last.worked));
    last = now;
  }, everyMs).unref();
  const pauses = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) worst.gc = Math.max(worst.gc, duration);
  });
  pauses.observe({ entryTypes: ['gc'] });
  return {
    take() {
      const { loop, work, gc } = worst;
      worst = { loop: 0, work: 0, gc: 0 };
      return { loop: loop / 1000, work: work / 1000, gc: gc / 1000 };
    },
  };
}

/** Processor time of this thread, milliseconds. Only Linux tells it by thread (the first number of
 *  schedstat, nanoseconds); elsewhere all threads of the process count, which is never less. */
function workedClock(): () => number {
  const stat = threadStat();
  if (stat === null) {
    return () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    };
  }
  const text = Buffer.alloc(64);
  return () => {
    const bytes = readSync(stat, text, 0, text.length, 0);
    return Number.parseInt(text.toString('latin1', 0, bytes), 10) / 1e6;
  };
}

function threadStat(): number | null {
  try {
    return openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return null;
  }
}
