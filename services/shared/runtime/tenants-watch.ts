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
    const isNew = createChanges(await contentOf(file));
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal, ref: false });
      if (isNew(await contentOf(file))) take();
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

/** Tells of each look, given what was there at first, whether what it saw is to be taken: it is another
 *  content than the one taken last, and the look before saw it too. */
export function createChanges(first: string | null): (content: string | null) => boolean {
  let taken = first;
  let seen = first;
  return (content) => {
    const isNew = content === seen && content !== taken;
    if (isNew) taken = content;
    seen = content;
    return isNew;
  };
}

/** Null where it cannot be read. */
async function contentOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}
