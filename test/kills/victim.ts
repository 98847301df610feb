import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '../../deploy/start/service-plans';

/** How far the groups of a service are; every number only grows. */
export interface Progress {
  readonly committed: number;
  /** What they have not read yet. */
  readonly lag: number;
}

export interface VictimOptions {
  readonly service: ServiceName;
  /** Where `npm start` notes process ids. */
  readonly folder: string;
  readonly url: string;
  /** Null for a service that reads no topic. */
  readonly progress: (() => Promise<Progress>) | null;
}

/** One service of a running `npm start`. */
export interface Victim {
  readonly service: ServiceName;
  /** The process that runs now; null when none does, 'stopped' when none will. */
  pid(): number | null | 'stopped';
  /** kill -9, and the milliseconds until another process does its work again: it is ready, and its
   *  groups commit or have nothing left to read. 'stopped' where everything is being stopped. Throws
   *  where nothing comes back. */
  kill(): Promise<number | 'stopped'>;
}

const lookEveryMs = 100;
const patienceMs = 120_000;

export function victimOf({ service, folder, url, progress }: VictimOptions): Victim {
  const pid = () => {
    const file = join(folder, 'run', `${service}.pid`);
    if (!existsSync(file)) return 'stopped';
    const id = Number(readFileSync(file, 'utf8'));
    return isAlive(id) ? id : null;
  };
  const worksAgain = async (before: Progress | null): Promise<boolean> => {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) });
    if (!answer.ok) return false;
    if (progress === null || before === null) return true;
    const { committed, lag } = await progress();
    return lag === 0 || committed > before.committed;
  };
  return {
    service,
    pid,
    async kill() {
      const victim = pid();
      if (victim === 'stopped') return victim;
      if (victim !== null) process.kill(victim, 'SIGKILL');
      const killedAt = performance.now();
      // What it committed last may be told only now.
      const before = (await progress?.().catch(() => null)) ?? null;
      while (performance.now() - killedAt < patienceMs) {
        await sleep(lookEveryMs);
        const another = pid();
        if (another === 'stopped') return another;
        if (another === null || another === victim) continue;
        if (await worksAgain(before).catch(() => false)) return performance.now() - killedAt;
      }
      throw new Error(`${service} did not come back within ${patienceMs / 1000} s`);
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
