import type { Tenant } from '../shared/domain/tenant';
import { tenantsByWriteKey, writeKeyHash } from '../shared/runtime/tenants';

/** Finds the tenant of a write key; undefined for a key nobody has. */
export type TenantOfKey = (writeKey: string) => Tenant | undefined;

/** Keys are kept as their SHA-256 only, so the configuration gives none away. */
export function createTenantOfKey(tenants: readonly Tenant[]): TenantOfKey {
  const byHash = tenantsByWriteKey(tenants);
  return (writeKey) => byHash.get(writeKeyHash(writeKey));
}

/** The write key of a Basic authorization header (the user name; the password is empty); null for
 *  other schemes and for none. */
export function basicWriteKey(authorization: string | undefined): string | null {
  const encoded = /^basic\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const [key = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return key === '' ? null : key;
}
