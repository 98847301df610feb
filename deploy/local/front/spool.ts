import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Files that hold the data of inserts while they run. */
export interface Spool {
  /** Writes the whole source to a new file. A source that breaks off leaves none behind. */
  keep(source: Readable): Promise<SpooledFile>;
}

export interface SpooledFile {
  path: string;
  remove(): Promise<void>;
}

/** Opens an empty folder for them: what a killed process left there is of no use. */
export function openSpool(folder: string): Spool {
  mkdirSync(folder, { recursive: true });
  for (const left of readdirSync(folder)) rmSync(join(folder, left));
  let made = 0;
  return {
    async keep(source) {
      made += 1;
      const path = join(folder, `body-${made}`);
      const remove = () => rm(path, { force: true });
      try {
        await pipeline(source, createWriteStream(path));
      } catch (error) {
        await remove();
        throw error;
      }
      return { path, remove };
    },
  };
}
