import { randomBytes } from 'node:crypto';
import type { Tenant } from '../shared/domain/tenant';
import { sha256Hex } from '../shared/runtime/hash';
import { writeKeyHash } from '../shared/runtime/tenants';

/** Whose a write key is. */
export interface KeyOwner {
  readonly tenant: Tenant;
  /** Tells keys apart without giving one away. */
  readonly keyId: string;
}

/** Finds the owner of a write key; undefined for a key nobody has. */
export type OwnerOfKey = (writeKey: string) => KeyOwner | undefined;

export interface WriteKeys {
  readonly ownerOf: OwnerOfKey;
  /** From now on tenants have the keys they have here. Nothing else of a tenant changes, and one that
   *  was not there before stays unknown: the other services have not read of it either. Returns the
   *  names of those. */
  replace(tenants: readonly Tenant[]): readonly string[];
}

/** Longer than any key that is given out, and short enough to be hashed for anybody who asks. */
const longestKey = 256;

/** Keys are kept as their SHA-256 only. What is compared is hashed once more, with a secret of this
 *  process: how long a comparison takes then says nothing about a key (double HMAC verification). */
export function createWriteKeys(tenants: readonly Tenant[]): WriteKeys {
  const known = new Map(tenants.map((tenant) => [tenant.name, tenant]));
  const secret = randomBytes(32).toString('hex');
  const blinded = (hash: string): string => sha256Hex(secret + hash);
  const ownersOf = (given: readonly Tenant[]): ReadonlyMap<string, KeyOwner> =>
    new Map(
      given.flatMap(({ name, writeKeyHashes }) => {
        const tenant = known.get(name);
        if (tenant === undefined) return [];
        return writeKeyHashes.map((hash) => [blinded(hash), { tenant, keyId: hash }] as const);
      }),
    );
  let owners = ownersOf(tenants);
  return {
    ownerOf(writeKey) {
      if (writeKey.length > longestKey) return undefined;
      return owners.get(blinded(writeKeyHash(writeKey)));
    },
    replace(given) {
      owners = ownersOf(given);
      return given.map(({ name }) => name).filter((name) => !known.has(name));
    },
  };
}

/** The write key of a Basic authorization header (the user name; the password is empty); null for
 *  other schemes and for none. */
export function basicWriteKey(authorization: string | undefined): string | null {
  const encoded = /^basic\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const [key = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return key === '' ? null : key;
}
