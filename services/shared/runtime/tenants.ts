import type { Tenant } from '../domain/tenant';
import type { Log } from './log';

/** The tenants of a YAML file. FatalError listing every fault with its path in the file. */
export function loadTenants(file: string, log: Log): readonly Tenant[] {
  throw new Error(`being written ${file} ${String(log)}`);
}

/** SHA-256 of a write key, in hexadecimal: what the tenants file keeps of it. */
export function writeKeyHash(writeKey: string): string {
  throw new Error(`being written ${writeKey.length}`);
}
