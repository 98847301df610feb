import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { redisKeys } from '../../services/shared/stores/redis/keys';
import type { ScriptServer } from '../../services/shared/stores/redis/script';
import type { Host } from './host';

/** Redis' keys in memory. A hash and a sorted set are both a Map. */
export interface KeyValues {
  /** The fields of a hash, for reading and writing; empty where there is no such key. */
  hash<T>(key: string): Map<string, T>;
  /** The key lives this long from now. */
  expire(key: string, ms: number): void;
  /** The key lives until then. */
  expireAt(key: string, at: number): void;
  ttlMs(key: string): number;
  /** The scripts it has been taught: file names by digest. */
  readonly scripts: Map<string, string>;
}

export function createKeyValues(now: () => number): KeyValues {
  const values = new Map<string, { fields: Map<string, never>; expiresAt: number }>();
  const find = (key: string) => {
    const known = values.get(key);
    if (known !== undefined && known.expiresAt > now()) return known;
    const made = { fields: new Map<string, never>(), expiresAt: Number.POSITIVE_INFINITY };
    values.set(key, made);
    return made;
  };
  return {
    hash: <T>(key: string) => find(key).fields as Map<string, T>,
    expire(key, ms) {
      find(key).expiresAt = now() + ms;
    },
    expireAt(key, at) {
      find(key).expiresAt = at;
    },
    ttlMs: (key) => find(key).expiresAt - now(),
    scripts: new Map(),
  };
}

/** What a Lua file does, in one piece. */
export type ScriptTwin = (
  store: KeyValues,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => unknown;

/** The twins of the Lua files, by file name. */
export type ScriptTwins = Readonly<Record<string, ScriptTwin>>;

type Argument = string | number | Buffer;

/** Redis as one process sees it: nothing but scripts. It never loses what it has, so that its canary
 *  is always the same. */
export function redisFor(host: Host, store: KeyValues, twins: ScriptTwins): ScriptServer {
  const client = {
    callBuffer(command: string, script: string, count: number, ...rest: Argument[]) {
      if (command === 'EVAL') learn(store, script);
      const sha = command === 'EVAL' ? shaOf(script) : script;
      const file = store.scripts.get(sha);
      if (file === undefined) return Promise.reject(new Error('NOSCRIPT'));
      // In front of the script's own stands the canary.
      const keys = rest.slice(1, count).map(String);
      const args = rest.slice(count + 1);
      return host.call(`${file} ${keys.join(' ')}`, () => twins[file]?.(store, keys, args));
    },
  };
  const state = { assured: async () => 'the canary', doubt() {} };
  return { redis: client as unknown as Redis, keys: redisKeys(), state };
}

function learn(store: KeyValues, lua: string): void {
  const file = /^-- ([a-z-]+\.lua):/m.exec(lua)?.[1];
  if (file === undefined) throw new Error(`a script without a name: ${lua.slice(0, 100)}`);
  store.scripts.set(shaOf(lua), file);
}

function shaOf(lua: string): string {
  return createHash('sha1').update(lua).digest('hex');
}
