import type { FastifyInstance } from 'fastify';
import type { ConsumerHandle } from './consumer';
import type { Log } from './log';

/** Something to put away at the end, in the order given. */
export interface Closable {
  readonly name: string;
  close(): Promise<unknown>;
}

export interface ServiceOptions {
  readonly name: string;
  readonly log: Log;
  readonly http: { readonly server: FastifyInstance; readonly host: string; readonly port: number };
  /** Stopped first, all at once: running stages finish and their offsets are committed. */
  readonly consumers?: readonly ConsumerHandle[];
  /** Then the server stops taking requests and finishes those it has; then these, in order. */
  readonly closes?: readonly Closable[];
  /** Time for all of it; 10 s by default. */
  readonly drainMs?: number;
}

/** Listens, and ends the process well on SIGTERM or SIGINT: exit 0, or 1 naming what hung. Resolves
 *  once it listens. */
export async function runService(options: ServiceOptions): Promise<void> {
  throw new Error(`being written ${options.name}`);
}
