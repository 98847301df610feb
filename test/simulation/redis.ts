import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { projectRoot } from '../../services/shared/runtime/root';
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
  keys(): readonly string[];
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
    keys: () => [...values].flatMap(([key, { expiresAt }]) => (expiresAt > now() ? [key] : [])),
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

const shas = new Map<string, string>();

/** Redis as one process sees it: nothing but scripts, called by their digest. */
export function redisFor(host: Host, store: KeyValues, twins: ScriptTwins): Redis {
  const bySha = new Map(Object.entries(twins).map(([file, twin]) => [shaOf(file), { file, twin }]));
  const client = {
    callBuffer(_: string, sha: string, count: number, ...rest: (string | number | Buffer)[]) {
      const found = bySha.get(sha);
      if (found === undefined) return Promise.reject(new Error('NOSCRIPT'));
      const keys = rest.slice(0, count).map(String);
      const args = rest.slice(count);
      return host.call(`${found.file} ${keys.join(' ')}`, () => found.twin(store, keys, args));
    },
  };
  return client as unknown as Redis;
}

function shaOf(file: string): string {
  const known = shas.get(file);
  if (known !== undefined) return known;
  const lua = readFileSync(join(projectRoot, 'services/shared/stores/redis', file), 'utf8');
  const sha = createHash('sha1').update(lua).digest('hex');
  shas.set(file, sha);
  return sha;
}
