import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FatalError } from '../../../../services/shared/runtime/errors';
import { projectRoot } from '../../../../services/shared/runtime/root';
import {
  loadTenants,
  tenantsByWriteKey,
  writeKeyHash,
} from '../../../../services/shared/runtime/tenants';
import { keepingLog } from '../../../support/log-lines';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenants-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const hash = 'a'.repeat(64);
const { log, lines } = keepingLog();

function load(yaml: string, files: Readonly<Record<string, string>> = {}) {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const file = join(folder, 'tenants.yaml');
  writeFileSync(file, yaml);
  return loadTenants(file, log);
}

/** The lines of the fault, without the file's name. */
function faultsOf(yaml: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    load(yaml, files);
  } catch (error) {
    expect(error).toBeInstanceOf(FatalError);
    const [, ...faults] = (error as Error).message.split('\n');
    return faults.map((line) => line.trim());
  }
  throw new Error('no fault was found');
}

const minimal = `
tenants:
  - name: shop
    writeKeyHashes: [${hash}]
    ownDomains: [shop.example]
    timeZone: Europe/Berlin
    currency: EUR
`;

test('a tenant needs a name, keys, time zone and currency; the rest is empty', () => {
  expect(load(minimal)).toEqual([
    {
      name: 'shop',
      writeKeyHashes: [hash],
      ownDomains: ['shop.example'],
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      sourceCategories: new Map(),
      allowedAgents: [],
      allowedAddresses: [],
      orderOutlier: { times: 0, sample: 0, imports: true },
    },
  ]);
});

test('the tenants that ship are right, and the demo key finds the demo tenant', () => {
  const tenants = loadTenants(join(projectRoot, 'config', 'tenants.yaml'), log);
  const demo = tenantsByWriteKey(tenants).get(writeKeyHash('demo-write-key'));
  expect(demo).toMatchObject({ name: 'demo', timeZone: 'UTC', currency: 'USD' });
  expect(demo?.ownDomains).toEqual(['shop.example', 'googlemerchandisestore.com']);
});

test('every fault is listed at once, with its path', () => {
  const faults = faultsOf(`
owner: me
tenants:
  - name: Shop!
    writeKeyHashes: [demo-write-key, ${hash}]
    ownDomains: [Shop.example, localhost]
    timeZone: Mars/Olympus
    currency: EURO
    allowedAddresses: [10.0.0.0/33, 10.0.0.1, '2001:db8::/32', nowhere]
    timezone: UTC
  - 7
  - name: shop
    writeKeyHashes: ${hash}
`);
  expect(faults).toEqual([
    'tenants[1] must be a mapping of fields',
    'owner is not a field',
    "tenants[0].name must be 1 to 32 of a-z, 0-9 and -, and is 'Shop!'",
    "tenants[0].writeKeyHashes[0] must be SHA-256 hashes: 64 of 0-9 and a-f, and is 'demo-write-key'",
    "tenants[0].ownDomains[0] must be lower-case host names such as shop.example, and is 'Shop.example'",
    "tenants[0].ownDomains[1] must be lower-case host names such as shop.example, and is 'localhost'",
    "tenants[0].timeZone must be an IANA time zone such as Europe/Berlin, and is 'Mars/Olympus'",
    "tenants[0].currency must be an ISO 4217 currency such as EUR, and is 'EURO'",
    "tenants[0].allowedAddresses[0] must be addresses or ranges such as 192.0.2.0/24, and is '10.0.0.0/33'",
    "tenants[0].allowedAddresses[3] must be addresses or ranges such as 192.0.2.0/24, and is 'nowhere'",
    'tenants[0].timezone is not a field',
    ...['name', 'timeZone', 'currency'].map((field) =>
      expect.stringContaining(`tenants[1].${field} is missing`),
    ),
    'tenants[2].writeKeyHashes must be a list',
    expect.stringContaining('tenants[2].timeZone is missing'),
    expect.stringContaining('tenants[2].currency is missing'),
  ]);
});

test('names and write keys are distinct', () => {
  const [, entry] = minimal.split('tenants:');
  expect(faultsOf(`${minimal}${entry}`)).toEqual([
    "tenants: the name 'shop' stands twice",
    `tenants: the write key hash ${hash} stands twice`,
  ]);
});

test.each([
  ['tenants: []', 'tenants must be a list with at least one tenant'],
  ['', 'the file must be a mapping of fields'],
  ['tenants: [', expect.stringContaining('Flow sequence')],
])('%p is no tenants file', (yaml, fault) => {
  expect(faultsOf(yaml)[0]).toEqual(fault);
});

test('a file that is not there is a fault', () => {
  expect(() => loadTenants(join(folder, 'none.yaml'), log)).toThrow('ENOENT');
});

describe('source categories', () => {
  const withFile = (field: string) => `${minimal}    sourceCategories: ${field}\n`;
  const csv = 'source,source_category\nBing,SOURCE_CATEGORY_SEARCH\nt.co,SOURCE_CATEGORY_SOCIAL\n';

  test('come from a file beside the tenants, in lower case', () => {
    const [tenant] = load(withFile('{file: list.csv}'), { 'list.csv': csv });
    expect([...(tenant?.sourceCategories ?? [])]).toEqual([
      ['bing', 'search'],
      ['t.co', 'social'],
    ]);
  });

  test('may be absent where they are optional, and the log says so', () => {
    const [tenant] = load(withFile('{file: none.csv, optional: true}'));
    expect(tenant?.sourceCategories.size).toBe(0);
    expect(lines.at(-1)).toMatchObject({ level: 'info', fields: { file: 'none.csv' } });
    expect(faultsOf(withFile('{file: none.csv}'))[0]).toContain(
      'tenants[0].sourceCategories.file cannot be read: ENOENT',
    );
  });

  test('faulty lines are listed with their numbers', () => {
    const faulty = `${csv}x,SEARCH\n\n,SOURCE_CATEGORY_VIDEO\nalone\n`;
    expect(faultsOf(withFile('{file: list.csv}'), { 'list.csv': faulty })).toEqual([
      "tenants[0].sourceCategories.file line 4 must be source,SOURCE_CATEGORY_..., and is 'x,SEARCH'",
      expect.stringContaining('line 6 must be'),
      expect.stringContaining("line 7 must be source,SOURCE_CATEGORY_..., and is 'alone'"),
    ]);
  });
});
