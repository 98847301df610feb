import type { Redis } from 'ioredis';
import { profileFields } from '../../services/shared/stores/redis/keys';

/** Claims, tags and profiles by their keys; each as its fields. */
export type Snapshot = ReadonlyMap<string, ReadonlyMap<string, string>>;

export async function snapshotOf(redis: Redis): Promise<Snapshot> {
  const found = new Map<string, ReadonlyMap<string, string>>();
  for (const key of await redis.keys('*')) {
    const [, kind] = /(claims|profile|tags):\{/.exec(key) ?? [];
    if (kind === 'tags')
      found.set(key, pairs(await redis.callBuffer('ZRANGE', key, '0', '-1', 'WITHSCORES')));
    else if (kind !== undefined) found.set(key, pairs(await redis.callBuffer('HGETALL', key)));
  }
  return found;
}

function pairs(reply: unknown): ReadonlyMap<string, string> {
  const flat = (reply as readonly Buffer[]).map((piece) => piece.toString('latin1'));
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(flat[at] ?? '', flat[at + 1] ?? '');
  return fields;
}

/** What is not as it was, a sentence each. Tags are equal within 1e-9 of the user's largest: additions
 *  in another order round differently; what is nothing may be missing. */
export function differences(before: Snapshot, after: Snapshot): readonly string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key) => {
    const [was, is] = [before.get(key) ?? new Map(), after.get(key) ?? new Map()];
    const largest = Math.max(0, ...[...was.values()].map((value) => Math.abs(Number(value) || 0)));
    const same = key.includes('tags:{')
      ? (field: string) => Math.abs(number(was, field) - number(is, field)) <= 1e-9 * largest
      : (field: string) => isEqual(field, was.get(field), is.get(field));
    const fields = [...new Set<string>([...was.keys(), ...is.keys()])].filter((one) => !same(one));
    return fields.map((field) => `${key} ${field}: ${was.get(field)}, now ${is.get(field)}`);
  });
}

function number(fields: ReadonlyMap<string, string>, field: string): number {
  return Number(fields.get(field) ?? 0);
}

function isEqual(field: string, was: string | undefined, is: string | undefined): boolean {
  return (
    was === is || (field.startsWith(profileFields.count) && Number(was ?? 0) === Number(is ?? 0))
  );
}
