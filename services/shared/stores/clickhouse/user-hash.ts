import { createHmac } from 'node:crypto';

/** The hash a user stands under in ClickHouse: the first 8 bytes of HMAC-SHA256(key, tenant '\n' user),
 *  so that a row whose ids were erased can stay without naming anybody. 0 where there is no user. */
export type UserHash = (tenant: string, user: string) => bigint;

/** Hashes are remembered for the users of late: one person's events come together. */
const rememberedUsers = 50_000;

export function createUserHash(key: string): UserHash {
  const known = new Map<string, bigint>();
  return (tenant, user) => {
    if (user === '') return 0n;
    const text = `${tenant}\n${user}`;
    const seen = known.get(text);
    if (seen !== undefined) return seen;
    const hash = createHmac('sha256', key).update(text).digest().readBigUInt64BE(0);
    if (known.size >= rememberedUsers) known.clear();
    known.set(text, hash);
    return hash;
  };
}
