import { Redis } from 'ioredis';
import { FatalError, messageOf, TransientError } from '../../runtime/errors';

export interface RedisOptions {
  /** redis:// or rediss://, with user, password and database where there are any. */
  readonly url: string;
  /** How long one call may take before it counts as failed; it may still take effect. */
  readonly commandTimeoutMs: number;
  /** The connection was lost, or could not be made. It is made again without end. */
  readonly onDown: (message: string) => void;
  readonly onUp: () => void;
}

/** A connection that fails fast: nothing is queued while it is down and nothing is sent twice behind
 *  the caller's back, who knows better what may be repeated. Connects in the background. */
export function connectRedis(options: RedisOptions): Redis {
  const redis = new Redis(options.url, {
    protocol: 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: options.commandTimeoutMs,
    connectTimeout: options.commandTimeoutMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
  });
  let down = false;
  redis.on('error', (error: Error) => {
    if (!down) options.onDown(messageOf(error));
    down = true;
  });
  redis.on('ready', () => {
    if (down) options.onUp();
    down = false;
  });
  return redis;
}

/** Redis' own refusals that pass by themselves or with an operator's help: starting, failing over,
 *  busy with a script, out of memory, disk full. */
const passing =
  /^(LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|OOM|NOREPLICAS|UNBLOCKED)\b/;

/** The answer of a call. TransientError where the server could not be asked or could not do it now:
 *  the call may have taken effect all the same. A refusal of the call itself is thrown as it is. */
export async function answerOf<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const message = messageOf(error);
    const refused = error instanceof Error && error.name === 'ReplyError';
    if (refused && !passing.test(message)) throw error;
    throw new TransientError(`redis: ${message}`, { cause: error, server: 'redis' });
  }
}

/** Refuses a server that forgets by itself: an evicted claim counts an event twice, an evicted
 *  watermark applies one twice. FatalError; TransientError where it cannot be asked. */
export async function refuseEviction(redis: Redis): Promise<void> {
  await firstWord(redis);
  const info = await answerOf(redis.info('memory'));
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy === undefined || policy === 'noeviction') return;
  throw new FatalError(
    `Redis evicts keys when memory runs out (maxmemory-policy ${policy}), which would count and ` +
      'tag events twice: run it with --maxmemory-policy noeviction',
  );
}

/** Waits while the first connection is being made, so that a start with all servers up is silent. */
function firstWord(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    if (redis.status !== 'connecting' && redis.status !== 'connect') return resolve();
    redis.once('ready', resolve);
    redis.once('error', () => resolve());
  });
}
