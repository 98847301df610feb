import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCase } from '../faults/case-run';
import { allCases, chosen } from '../faults/cases';
import { anInstallation, type Installation } from '../faults/installation';
import { addressOf } from '../support/server-addresses';

// A few of the cases of `npm run faults`: they start processes, and wait for a dead one's partitions.
jest.setTimeout(120_000);

const cases = chosen(allCases(1), [
  'collector.publish:error-after',
  'cleaner.publish_clean:kill-after',
  'interests.apply:error-after',
  'metrics.replace_windows:kill',
]);

let folder: string;
let installation: Installation;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-faults-'));
  const servers = {
    KAFKA_BROKERS: addressOf('KAFKA_BROKERS'),
    SCHEMA_REGISTRY_URL: addressOf('SCHEMA_REGISTRY_URL'),
    REDIS_URL: addressOf('REDIS_URL'),
    CLICKHOUSE_URL: addressOf('CLICKHOUSE_URL'),
  };
  const tenants = cases.map(({ tenant }) => tenant);
  installation = await anInstallation(servers, folder, { tenantNames: tenants });
});

afterAll(async () => {
  await installation?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each(cases)('$name loses nothing and doubles nothing', async (faultCase) => {
  const { accepted, lost, doubled, faults } = await runCase(installation, faultCase);
  expect(faults).toEqual([]);
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
  expect(accepted).toBeGreaterThan(50);
});
