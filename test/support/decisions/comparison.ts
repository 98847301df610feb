import type { Redis } from 'ioredis';
import type { Ledger } from '../../../deploy/summary/api';
import type { ClickHouse } from '../../../services/shared/stores/clickhouse/client';
import { type RedisKeys, redisKeys } from '../../../services/shared/stores/redis/keys';
import { keysBelow } from '../redis';
import { rightWindows, storedLines } from '../window-lines';
import type { Expected } from './oracle';

/** How many things were compared, and which differ. */
export interface Compared {
  readonly of: string;
  readonly compared: number;
  readonly differ: readonly string[];
}

export interface Stores {
  readonly redis: Redis;
  readonly prefix: string;
  readonly clickhouse: ClickHouse;
  readonly ledger: Ledger;
}

/** Every tag, count, mean, window and ledger line against what it must be. */
export async function compareStores(
  expected: Expected,
  { redis, prefix, clickhouse, ledger }: Stores,
): Promise<readonly Compared[]> {
  const keys = redisKeys(prefix);
  return [
    await compareTags(expected, { redis, keys, prefix }),
    await compareCounts(expected, { redis, keys }),
    await compareMeans(expected, { redis, keys }),
    compareMaps(
      'stored windows',
      rightWindows(expected.rows, new Map()),
      await storedLines(clickhouse),
    ),
    compareMaps(
      'outcomes',
      expected.ledger,
      new Map(ledger.reasons.map((row) => [`${row.outcome}/${row.reason}`, row.events])),
    ),
  ];
}

interface Place {
  readonly redis: Redis;
  readonly keys: RedisKeys;
}

/** To 1e-9 of the sum of absolute contributions. */
async function compareTags(
  { tags }: Expected,
  { redis, keys, prefix }: Place & { readonly prefix: string },
): Promise<Compared> {
  const differ: string[] = [];
  let compared = 0;
  for (const [user, wanted] of tags) {
    const { tenant, id } = partsOf(user);
    const reply = await redis.zrange(keys.tags(tenant, id), '0', '-1', 'WITHSCORES');
    const found = new Map<string, number>();
    for (let at = 0; at < reply.length; at += 2) found.set(reply[at] ?? '', Number(reply[at + 1]));
    for (const tag of new Set([...wanted.keys(), ...found.keys()])) {
      const { weight, scale } = wanted.get(tag) ?? { weight: 0, scale: 0 };
      const distance = Math.abs((found.get(tag) ?? 0) - weight);
      if (distance > 1e-9 * scale) differ.push(`${user} ${tag}: ${found.get(tag)}, not ${weight}`);
      compared += 1;
    }
  }
  const users = await keysBelow(redis, `${prefix}tags:`);
  if (users.length > tags.size) differ.push(`${users.length} users have tags, not ${tags.size}`);
  return { of: 'tags', compared, differ };
}

async function compareCounts({ counts }: Expected, { redis, keys }: Place): Promise<Compared> {
  const differ: string[] = [];
  let compared = 0;
  for (const [user, wanted] of counts) {
    const { tenant, id } = partsOf(user);
    const profile = await redis.hgetall(keys.profile(tenant, id));
    for (const [type, events] of wanted) {
      const found = Number(profile[`n:${type}`] ?? 0);
      if (found !== events) differ.push(`${user} ${type}: ${found}, not ${events}`);
      compared += 1;
    }
  }
  return { of: 'counts of profiles', compared, differ };
}

async function compareMeans({ orders }: Expected, { redis, keys }: Place): Promise<Compared> {
  const differ: string[] = [];
  let compared = 0;
  for (const [subject, wanted] of orders) {
    const [kind, ...id] = subject.split(':');
    const key = keys.orders({ tenant: 'demo', kind: kind as 'shop', id: id.join(':') });
    for (const [currency, [number, sum]] of wanted) {
      const [orders, minor] = await redis.hmget(key, `n:${currency}`, `sum:${currency}`);
      const found = [Number(orders ?? 0), Number(minor ?? 0)].join();
      if (found !== [number, sum].join()) differ.push(`${subject}: ${found}, not ${number},${sum}`);
      compared += 1;
    }
  }
  return { of: 'means of orders', compared, differ };
}

function compareMaps(
  of: string,
  wanted: ReadonlyMap<string, unknown>,
  found: ReadonlyMap<string, unknown>,
): Compared {
  const all = new Set([...wanted.keys(), ...found.keys()]);
  const differ = [...all].flatMap((key) => {
    const [one, other] = [canonical(wanted.get(key)), canonical(found.get(key))];
    return one === other ? [] : [`${key}: ${other}, not ${one}`];
  });
  return { of, compared: all.size, differ };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function partsOf(user: string): { readonly tenant: string; readonly id: string } {
  const at = user.indexOf(':');
  return { tenant: user.slice(0, at), id: user.slice(at + 1) };
}
