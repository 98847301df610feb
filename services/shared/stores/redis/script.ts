import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { messageOf } from '../../runtime/errors';
import { projectRoot } from '../../runtime/root';
import { answerOf } from './client';

export type ScriptArgument = string | number | Buffer;

/** Runs one Lua file of this folder atomically; bulk strings of the reply are Buffers. Errors as
 *  `answerOf`; what the script itself refuses is thrown as it is. */
export type Script = (keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>;

export interface ScriptOptions {
  /** What the keys hold, by turns. */
  readonly types: readonly ('hash' | 'zset')[];
  /** Told of each key that held something else: nothing of ours, and in our way. It is kept under this
   *  name with `:set-aside` behind it. */
  readonly onSetAside?: ((key: string) => void) | undefined;
}

/** Scripts must be idempotent: one that finds something else in a key than it keeps there is run again,
 *  once that is out of the way. */
export function createScript(redis: Redis, file: string, options: ScriptOptions): Script {
  const lua = readFileSync(join(projectRoot, 'services/shared/stores/redis', file), 'utf8');
  const sha = createHash('sha1').update(lua).digest('hex');
  const call = (
    command: 'EVALSHA' | 'EVAL',
    keys: readonly string[],
    args: readonly ScriptArgument[],
  ) => redis.callBuffer(command, command === 'EVAL' ? lua : sha, keys.length, ...keys, ...args);
  const run: Script = (keys, args) =>
    answerOf(
      call('EVALSHA', keys, args).catch((error: Error) => {
        // A restarted server has forgotten its scripts; EVAL teaches it this one again.
        if (!error.message.startsWith('NOSCRIPT')) throw error;
        return call('EVAL', keys, args);
      }),
    );
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
