import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { messageOf, TransientError } from '../../runtime/errors';
import { projectRoot } from '../../runtime/root';
import { answerOf } from './client';
import type { RedisKeys } from './keys';
import type { RedisState } from './state';

export type ScriptArgument = string | number | Buffer;

/** Runs one Lua file of this folder atomically; bulk strings of the reply are Buffers. Errors as
 *  `answerOf` and `RedisState.assured`; what the script itself refuses is thrown as it is. */
export type Script = (keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>;

/** What scripts run on. */
export interface ScriptServer {
  readonly redis: Redis;
  readonly keys: RedisKeys;
  readonly state: Pick<RedisState, 'assured' | 'doubt'>;
}

export interface ScriptOptions {
  /** What the keys hold, by turns. */
  readonly types: readonly ('hash' | 'zset' | 'set')[];
  /** Told of each key that held something else: nothing of ours, and in our way. It is kept under this
   *  name with `:set-aside` behind it. */
  readonly onSetAside?: ((key: string) => void) | undefined;
}

/** Stands before every script: the canary, first of the keys and of the arguments, must be there, or
 *  this Redis is not the one that has what was written before. */
const canaryCheck = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('CANARY is not there')
end
table.remove(KEYS, 1)
table.remove(ARGV, 1)
`;

/** Scripts must be idempotent: one that finds something else in a key than it keeps there is run again,
 *  once that is out of the way. */
export function createScript(server: ScriptServer, file: string, options: ScriptOptions): Script {
  const { redis, keys: names, state } = server;
  const path = join(projectRoot, 'services/shared/stores/redis', file);
  const call = createCall(redis, canaryCheck + readFileSync(path, 'utf8'));
  const run: Script = async (keys, args) => {
    const canary = await state.assured();
    try {
      return await answerOf(call([names.canary(), ...keys], [canary, ...args]));
    } catch (error) {
      if (!messageOf(error).startsWith('CANARY')) throw error;
      state.doubt();
      const message = 'redis: its canary has gone; nothing was written';
      throw new TransientError(message, { cause: error, server: 'redis' });
    }
  };
  return async (keys, args) => {
    try {
      return await run(keys, args);
    } catch (error) {
      if (!messageOf(error).startsWith('WRONGTYPE')) throw error;
      await setAside(redis, keys, options);
      return run(keys, args);
    }
  };
}

function createCall(redis: Redis, lua: string): Script {
  const sha = createHash('sha1').update(lua).digest('hex');
  const call = (
    command: 'EVALSHA' | 'EVAL',
    keys: readonly string[],
    args: readonly ScriptArgument[],
  ) => redis.callBuffer(command, command === 'EVAL' ? lua : sha, keys.length, ...keys, ...args);
  return (keys, args) =>
    call('EVALSHA', keys, args).catch((error: Error) => {
      // A restarted server has forgotten its scripts; EVAL teaches it this one again.
      if (!error.message.startsWith('NOSCRIPT')) throw error;
      return call('EVAL', keys, args);
    });
}

async function setAside(
  redis: Redis,
  keys: readonly string[],
  { types, onSetAside }: ScriptOptions,
): Promise<void> {
  for (const [nth, key] of keys.entries()) {
    const found = await answerOf(redis.type(key));
    if (found === 'none' || found === types[nth % types.length]) continue;
    await answerOf(redis.rename(key, `${key}:set-aside`));
    onSetAside?.(key);
  }
}
