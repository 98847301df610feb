import { readFileSync } from 'node:fs';

/** What a process has cost so far, by Linux' own account. */
export interface ProcessUsage {
  readonly name: string;
  /** User and system time since the mark, of every process that had this name. */
  readonly cpuSeconds: number;
  /** Resident now; 0 for a process that has ended. */
  readonly residentBytes: number;
}

interface Watched {
  readonly name: string;
  /** At the last sample. */
  cpuSeconds: number;
  residentBytes: number;
  /** CPU seconds when counting began. */
  markedAt: number;
}

/**
 * Adds up CPU time and memory of named processes from /proc. A process that dies takes its figures
 * with it, so `sample` has to be called about once a second: what it misses is that last second.
 */
export class ProcessMeter {
  private readonly watched = new Map<number, Watched>();

  constructor(private readonly read: (pid: number) => Reading | null = readProcess) {}

  watch(name: string, pid: number): void {
    const reading = this.read(pid) ?? { cpuSeconds: 0, residentBytes: 0 };
    this.watched.set(pid, { name, ...reading, markedAt: 0 });
  }

  sample(): void {
    for (const [pid, entry] of this.watched) {
      const reading = this.read(pid);
      entry.residentBytes = reading?.residentBytes ?? 0;
      if (reading !== null) entry.cpuSeconds = reading.cpuSeconds;
    }
  }

  /** Counts CPU time from now on. */
  mark(): void {
    this.sample();
    for (const entry of this.watched.values()) entry.markedAt = entry.cpuSeconds;
  }

  /** One entry a name, in the order in which the names were first watched. */
  usage(): readonly ProcessUsage[] {
    this.sample();
    const byName = new Map<string, ProcessUsage>();
    for (const { name, cpuSeconds, residentBytes, markedAt } of this.watched.values()) {
      const sum = byName.get(name) ?? { name, cpuSeconds: 0, residentBytes: 0 };
      byName.set(name, {
        name,
        cpuSeconds: sum.cpuSeconds + cpuSeconds - markedAt,
        residentBytes: sum.residentBytes + residentBytes,
      });
    }
    return [...byName.values()];
  }
}

export interface Reading {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Linux counts in hundredths of a second (USER_HZ) and pages of 4 KB, on every common machine. */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** proc(5): fields 14 and 15 are user and system time, 24 resident pages. Null without /proc. */
function readProcess(pid: number): Reading | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const field = (number: number) => Number(afterName[number - 3]);
    return {
      cpuSeconds: (field(14) + field(15)) / ticksPerSecond,
      residentBytes: field(24) * pageBytes,
    };
  } catch {
    return null;
  }
}
