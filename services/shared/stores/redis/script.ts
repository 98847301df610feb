import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { projectRoot } from '../../runtime/root';
import { answerOf } from './client';

export type ScriptArgument = string | number | Buffer;

/** Runs one Lua file of this folder atomically; bulk strings of the reply are Buffers. Errors as
 *  `answerOf`; what the script itself refuses is thrown as it is. */
export type Script = (keys: readonly string[], args: readonly ScriptArgument[]) => Promise<unknown>;

export function createScript(redis: Redis, file: string): Script {
  const lua = readFileSync(join(projectRoot, 'services/shared/stores/redis', file), 'utf8');
  const sha = createHash('sha1').update(lua).digest('hex');
  const run = (
    command: 'EVALSHA' | 'EVAL',
    keys: readonly string[],
    args: readonly ScriptArgument[],
  ) => redis.callBuffer(command, command === 'EVAL' ? lua : sha, keys.length, ...keys, ...args);
  return (keys, args) =>
    answerOf(
      run('EVALSHA', keys, args).catch((error: Error) => {
        // A restarted server has forgotten its scripts; EVAL teaches it this one again.
        if (!error.message.startsWith('NOSCRIPT')) throw error;
        return run('EVAL', keys, args);
      }),
    );
}
