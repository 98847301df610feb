import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tenant } from '../domain/tenant';
import { messageOf } from './errors';
import type { Log } from './log';
import { loadTenants } from './tenants';

export interface TenantsWatchOptions {
  readonly log: Log;
  /** Told the tenants of the file whenever they are other ones. */
  readonly onChange: (tenants: readonly Tenant[]) => void;
  /** Time between two looks; 1 s by default, so that a change is taken within three. */
  readonly everyMs?: number;
}

export interface TenantsWatch {
  stop(): void;
}

/** Looks at the tenants file over and over, for files that are replaced, linked or mounted are not
 *  told of everywhere. A change is taken when two looks saw the same: half of a file that is being
 *  written would take keys away. One with faults, or one that is gone, changes nothing: an ERROR says
 *  so, once. */
export function watchTenants(file: string, options: TenantsWatchOptions): TenantsWatch {
  const { log, onChange, everyMs = 1000 } = options;
  const stopped = new AbortController();
  const { signal } = stopped;

  async function watch(): Promise<void> {
    let taken = await contentOf(file);
    let seen = taken;
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal, ref: false });
      const content = await contentOf(file);
      if (content === seen && content !== taken) {
        taken = content;
        take();
      }
      seen = content;
    }
  }

  function take(): void {
    try {
      onChange(loadTenants(file, log));
    } catch (error) {
      log.error({ why: messageOf(error) }, 'the tenants stay as they were: mend the file');
    }
  }

  watch().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return { stop: () => stopped.abort() };
}

/** Null where it cannot be read. */
async function contentOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}
