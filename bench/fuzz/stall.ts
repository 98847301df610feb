/** What the process says of itself, over a time; milliseconds and megabytes. */
export interface Watched {
  readonly loopMs: number;
  readonly workMs: number;
  readonly gcMs: number;
  readonly firstMb: number;
  readonly lastMb: number;
}

export interface ProcessWatch {
  stop(): Promise<Watched>;
}

const everyMs = 1000;

/** Asks a service for its metrics once a second, and keeps the longest stall it tells of. What it
 *  measured before is not counted. */
export async function watchProcess(url: string): Promise<ProcessWatch> {
  const first = await ask(url);
  const worst = { loopMs: 0, workMs: 0, gcMs: 0, lastMb: first.memoryMb };
  const look = async (): Promise<void> => {
    const { loopMs, workMs, gcMs, memoryMb } = await ask(url);
    worst.loopMs = Math.max(worst.loopMs, loopMs);
    worst.workMs = Math.max(worst.workMs, workMs);
    worst.gcMs = Math.max(worst.gcMs, gcMs);
    worst.lastMb = memoryMb;
  };
  // A service that is gone is found by what waits for its answers, and by its restarts.
  const timer = setInterval(() => void look().catch(() => {}), everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await look();
      return { firstMb: first.memoryMb, ...worst };
    },
  };
}

async function ask(url: string) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (pattern: string) => Number(new RegExp(`^${pattern} (\\S+)$`, 'm').exec(text)?.[1]);
  const stallMs = (kind: string) =>
    1000 * value(`tributary_event_loop_stall_seconds\\{kind="${kind}"[^}]*\\}`);
  return {
    ...{ loopMs: stallMs('loop'), workMs: stallMs('work'), gcMs: stallMs('gc') },
    memoryMb: Math.round(value('process_resident_memory_bytes\\{[^}]*\\}') / 1e6),
  };
}
