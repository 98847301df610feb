import { TransientError } from '../../runtime/errors';
import type { Canary, Sign } from './canary';

/** Whether Redis is still the one that has our effects. */
export interface RedisState {
  /** The canary that a script must find. TransientError while Redis cannot be asked, while its state
   *  is lost, and while the consumers go back after it was started anew. */
  assured(): Promise<string>;
  /** A script did not find the canary it was given: look again before anything else is written. */
  doubt(): void;
  /** Why nothing is written; null while Redis has its state, as far as is known. */
  lost(): string | null;
}

export interface RedisStateOptions {
  readonly canary: Canary;
  /** Calls back whenever the connection is lost: the next one may lead to another server. */
  readonly onDisconnected: (callback: () => void) => void;
  /** Nothing was ever consumed by anybody who writes here: only then is an empty Redis a new one. */
  readonly isNew: () => Promise<boolean>;
  /** Redis was started anew, has failed over or was rebuilt, and may lack the last writes. Called when
   *  nothing can be written; resolves once all that began before has ended and will be repeated. */
  readonly goBack: () => Promise<void>;
  /** Makes good what this server may lack and nobody repeats, before anything else is written to it.
   *  Called for each server that this process meets; may be repeated. Nothing by default. */
  readonly complete?: (server: CompleteServer) => Promise<void>;
  /** Told why it could not; it will be called again. */
  readonly onIncomplete?: (error: unknown) => void;
  /** Told that the state is lost (why), and that it is there again (null). */
  readonly onLost: (why: string | null) => void;
}

/** A server with its canary. */
export type CompleteServer = { readonly [Key in keyof Sign]: string };

const whatIsLost =
  'Redis has lost its state: its canary is gone, although records were consumed. Nothing is written ' +
  'there until it is restored, since messages would count again and tags start from nothing. Run ' +
  '`npm run rebuild` (deploy/rebuild/README.md), or restore its append-only file.';

/** Looks at a server before the first write on each connection to it: within one its run id cannot
 *  change, and every script checks the canary in the same atomic step as its effect. */
export function createRedisState(options: RedisStateOptions): RedisState {
  const { canary, complete = async () => {} } = options;
  let known: CompleteServer | null = null;
  let doubts = 0;
  /** The number of doubts when the server was last looked at and found to be the one known. */
  let sureAt = -1;
  let looking: Promise<void> | null = null;
  let isGoingBack = false;
  let lost: string | null = null;
  const doubt = () => {
    doubts += 1;
  };
  options.onDisconnected(doubt);

  function say(why: string | null): void {
    if (lost !== why) options.onLost(why);
    lost = why;
  }

  async function find(): Promise<CompleteServer> {
    const sign = await canary.sign();
    const there = sign.canary ?? ((await options.isNew()) ? await canary.begin() : null);
    say(there === null ? whatIsLost : null);
    if (there === null) throw failure(whatIsLost);
    return { runId: sign.runId, canary: there };
  }

  async function look(): Promise<void> {
    const doubtsThen = doubts;
    const found = await find();
    if (known === null) {
      await complete(found);
      known = found;
    }
    const isSame = known.runId === found.runId && known.canary === found.canary;
    if (isSame) sureAt = doubtsThen;
    else goBackTo(found);
  }

  /** What was begun before has ended, and is repeated, once nothing is missing that it may meet. */
  function goBackTo(found: CompleteServer): void {
    isGoingBack = true;
    options
      .goBack()
      .then(() => complete(found))
      .then(() => {
        known = found;
      })
      .catch((error: unknown) => options.onIncomplete?.(error))
      .finally(() => {
        isGoingBack = false;
      });
  }

  return {
    doubt,
    lost: () => lost,
    async assured() {
      if (!isGoingBack && sureAt !== doubts) {
        looking ??= look().finally(() => {
          looking = null;
        });
        await looking;
      }
      if (isGoingBack) throw failure('it was started anew: what it may lack is repeated first');
      if (known === null || sureAt !== doubts) throw failure('the connection was lost');
      return known.canary;
    },
  };
}

function failure(message: string): TransientError {
  return new TransientError(`redis: ${message}`, { server: 'redis' });
}
