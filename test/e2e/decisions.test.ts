import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DecisionsResult,
  decisionsInstallation,
  decisionsLines,
  heldByRule,
  runDecisions,
} from '../faults/decisions-run';
import { anInstallation, type Installation } from '../faults/installation';
import { addressOf } from '../support/server-addresses';

// A few of what `npm run faults -- --decisions 2000` does: each service is killed once meanwhile.
const options = { seed: 20_260_301, decisions: 60, kills: 5 };

let folder: string;
let installation: Installation;
let result: DecisionsResult;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-decisions-'));
  const servers = {
    KAFKA_BROKERS: addressOf('KAFKA_BROKERS'),
    SCHEMA_REGISTRY_URL: addressOf('SCHEMA_REGISTRY_URL'),
    REDIS_URL: addressOf('REDIS_URL'),
    CLICKHOUSE_URL: addressOf('CLICKHOUSE_URL'),
  };
  installation = await anInstallation(servers, folder, decisionsInstallation);
  result = await runDecisions(installation, options);
}, 240_000);

afterAll(async () => {
  await installation?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test('everything is what the last decision on each record makes of it', () => {
  expect({ said: decisionsLines(result, options), faults: result.faults }).toMatchObject({
    faults: [],
  });
  expect(result).toMatchObject({ lost: 0, doubled: 0 });
});

test('there was something of everything to compare', () => {
  const empty = result.parts.filter(({ compared }) => compared === 0).map(({ of }) => of);
  expect(empty.filter((of) => of !== 'verdicts delivered again')).toEqual([]);
});

test('people decided as often as they should, in every way, and every service was killed', () => {
  const { taken, twice, contradicting, longAgo } = result.counts;
  expect(Object.values(taken).reduce((sum, words) => sum + words, 0)).toBeGreaterThanOrEqual(60);
  const ways = {
    ...taken,
    twice,
    contradicting,
    longAgo,
    held: heldByRule(result),
    early: result.early,
  };
  expect(Object.entries(ways).filter(([, times]) => times === 0)).toEqual([]);
  expect([...result.kills.values()]).toEqual([1, 1, 1, 1, 1]);
});
