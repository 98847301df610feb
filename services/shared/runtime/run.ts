import type { FastifyInstance } from 'fastify';
import type { ConsumerHandle } from './consumer';
import { messageOf } from './errors';
import type { Log } from './log';
import { within } from './within';

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
  readonly consumers?: readonly Pick<ConsumerHandle, 'stop'>[];
  /** Then the server stops taking requests and finishes those it has; then these, in order. */
  readonly closes?: readonly Closable[];
  /** Time for all of it; 9.5 s by default, so that the process is gone within ten. */
  readonly drainMs?: number;
}

/** What a service does with the process it lives in; a test gives its own. */
export interface ProcessLike {
  on(event: string, listener: (reason: unknown) => void): unknown;
  off(event: string, listener: (reason: unknown) => void): unknown;
  exit(code: number): void;
}

/** Connections that may wait to be taken. Node asks for 511, and of more than that the kernel drops
 *  the first packet, which clients send again after one second, three, seven. */
const backlog = 4096;

const signals = ['SIGTERM', 'SIGINT'] as const;
const leavers = new WeakMap<ProcessLike, () => void>();

/** First thing in a service: from here on it can be told to stop while it starts, and exits with 0 at
 *  once. Whatever it has begun by then is repeated by the next one, as after a kill. `runService` takes
 *  over. */
export function leaveWhenTold(host: ProcessLike = process): void {
  const leave = () => host.exit(0);
  leavers.set(host, leave);
  for (const signal of signals) host.on(signal, leave);
}

/** Listens, and ends the process well on SIGTERM or SIGINT: exit 0, or 1 naming what hung or failed.
 *  What nobody caught ends it with 1: the state of the process is not known then. Resolves once it
 *  listens. */
export async function runService(
  options: ServiceOptions,
  host: ProcessLike = process,
): Promise<void> {
  const { name, log, http } = options;
  let stopping = false;
  const stop = (signal: string) => async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    const failed = await shutDown(options);
    if (failed.length === 0) log.info({}, 'stopped');
    else log.error({ failed }, 'stopped, but not well');
    host.exit(failed.length === 0 ? 0 : 1);
  };
  const crash = (what: string) => (reason: unknown) => {
    log.error({ err: reason }, what);
    host.exit(1);
  };
  for (const signal of signals) {
    host.on(signal, stop(signal));
    host.off(signal, leavers.get(host) ?? (() => {}));
  }
  host.on('unhandledRejection', crash('a promise was rejected and nobody looked'));
  host.on('uncaughtException', crash('an error was thrown and nobody caught it'));
  const address = await http.server.listen({ host: http.host, port: http.port, backlog });
  log.info({ address }, `${name} runs`);
}

/** Names of the parts that failed to close, or were still closing when the time was up. */
async function shutDown(options: ServiceOptions): Promise<readonly string[]> {
  const failed: string[] = [];
  let current = '';
  const close = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    current = name;
    try {
      await work();
    } catch (error) {
      failed.push(`${name}: ${messageOf(error)}`);
    }
  };
  const all = async (): Promise<void> => {
    const consumers = options.consumers ?? [];
    await close('consumers', () => Promise.all(consumers.map((consumer) => consumer.stop())));
    await close('http', () => options.http.server.close());
    for (const part of options.closes ?? []) await close(part.name, () => part.close());
  };
  const drainMs = options.drainMs ?? 9500;
  await within(drainMs, all(), () => {
    failed.push(`${current}: not done after ${drainMs} ms`);
  });
  return failed;
}
