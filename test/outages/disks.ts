import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Servers that can run out of disk, and how much they have: enough for a whole table. */
const megabytes = { kafka: 384, redis: 192, clickhouse: 768 } as const;
export type DiskOf = keyof typeof megabytes;

/** File systems of a few hundred megabytes, one a server, so that one can be filled to its last byte
 *  without hurting anybody else. */
export interface Disks {
  /** Writes until there is no room. */
  fill(of: DiskOf): void;
  free(of: DiskOf): void;
  release(): void;
}

/** Mounts one for each server below `dataDir`, in memory. Throws where this process may not mount. */
export function mountDisks(dataDir: string): Disks {
  const places = Object.entries(megabytes).map(([of, size]) => ({ path: join(dataDir, of), size }));
  for (const { path, size } of places) {
    mkdirSync(path, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', path], { stdio: 'pipe' });
  }
  const ballast = (of: DiskOf) => join(dataDir, of, 'ballast');
  const release = () => {
    for (const { path } of places.splice(0)) {
      execFileSync('umount', ['--lazy', path], { stdio: 'pipe' });
    }
  };
  process.once('exit', release);
  return {
    release,
    fill: (of) => writeUntilFull(ballast(of)),
    free: (of) => rmSync(ballast(of), { force: true }),
  };
}

/** Whether `mountDisks` is allowed to this process. */
export function mayMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (let bytes = 2 ** 20; bytes >= 1; bytes = Math.floor(bytes / 2)) {
      const piece = Buffer.alloc(bytes, 1);
      while (hasRoomFor(file, piece));
    }
  } finally {
    closeSync(file);
  }
}

function hasRoomFor(file: number, piece: Buffer): boolean {
  try {
    return writeSync(file, piece) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
