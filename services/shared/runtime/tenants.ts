import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { isTenantName, noOrderOutlier, type OrderOutlier, type Tenant } from '../domain/tenant';
import { FatalError, messageOf } from './errors';
import { sha256Hex } from './hash';
import type { Log } from './log';
import { readSourceCategories } from './source-categories';
import { createFields, type Fields, isAddressRange, isCurrency, isTimeZone } from './tenant-fields';

/** The tenants of a YAML file. FatalError listing every fault in it, each with its path. Files it
 *  names are relative to its own folder. */
export function loadTenants(file: string, log: Log): readonly Tenant[] {
  const faults: string[] = [];
  const tenants = readTenants(file, faults, log);
  if (faults.length === 0) return Object.freeze(tenants);
  throw new FatalError(`${file} is not right:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}

/** SHA-256 of a write key, in hexadecimal: what the tenants file keeps of it. */
export function writeKeyHash(writeKey: string): string {
  return sha256Hex(writeKey);
}

/** Tenants by the hash of each of their write keys. */
export function tenantsByWriteKey(tenants: readonly Tenant[]): ReadonlyMap<string, Tenant> {
  return new Map(
    tenants.flatMap((tenant) => tenant.writeKeyHashes.map((hash) => [hash, tenant] as const)),
  );
}

function readTenants(file: string, faults: string[], log: Log): readonly Tenant[] {
  let root: unknown;
  try {
    root = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    faults.push(messageOf(error));
    return [];
  }
  const document = createFields(root, '', faults);
  const entries = document.entries('tenants');
  document.nothingElse();
  if (entries.length === 0) faults.push('tenants must be a list with at least one tenant');
  const tenants = entries.map((entry) => readTenant(entry, dirname(file), log));
  assertDistinct(tenants, faults);
  return tenants;
}

function readTenant(fields: Fields, folder: string, log: Log): Tenant {
  const tenant: Tenant = {
    name: fields.text('name', isTenantName, 'must be 1 to 32 of a-z, 0-9 and -'),
    writeKeyHashes: fields.texts(
      'writeKeyHashes',
      (hash) => /^[0-9a-f]{64}$/.test(hash),
      'must be SHA-256 hashes: 64 of 0-9 and a-f',
    ),
    ownDomains: fields.texts(
      'ownDomains',
      (domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain),
      'must be lower-case host names such as shop.example',
    ),
    timeZone: fields.text(
      'timeZone',
      isTimeZone,
      'must be an IANA time zone such as Europe/Berlin',
    ),
    currency: fields.text('currency', isCurrency, 'must be an ISO 4217 currency such as EUR'),
    sourceCategories: readSourceCategories(fields, folder, log),
    allowedAgents: fields.texts('allowedAgents', (part) => part !== '', 'must not be empty'),
    allowedAddresses: fields.texts(
      'allowedAddresses',
      isAddressRange,
      'must be addresses or ranges such as 192.0.2.0/24',
    ),
    orderOutlier: readOrderOutlier(fields.inner('orderOutlier')),
  };
  fields.nothingElse();
  return Object.freeze(tenant);
}

function readOrderOutlier(fields: Fields | null): OrderOutlier {
  if (fields === null) return noOrderOutlier;
  const read = {
    times: fields.number('times', Number.isFinite, 'must be a number from 0 on'),
    sample: fields.number('sample', Number.isInteger, 'must be a whole number from 0 on'),
    imports: fields.flag('imports', true),
  };
  fields.nothingElse();
  return Object.freeze(read);
}

function assertDistinct(tenants: readonly Tenant[], faults: string[]): void {
  for (const name of repeated(tenants.map((tenant) => tenant.name))) {
    faults.push(`tenants: the name '${name}' stands twice`);
  }
  for (const hash of repeated(tenants.flatMap((tenant) => tenant.writeKeyHashes))) {
    faults.push(`tenants: the write key hash ${hash} stands twice`);
  }
}

function repeated(values: readonly string[]): ReadonlySet<string> {
  return new Set(values.filter((value, at) => value !== '' && values.indexOf(value) !== at));
}
