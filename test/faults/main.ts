import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { freePorts, startServers } from '../../deploy/local/servers';
import { type CaseResult, runCase } from './case-run';
import { allCases, chosen, type FaultCase } from './cases';
import { circumstancesOf } from './circumstances';
import { anInstallation, type Installation, type ServerAddresses } from './installation';
import { againOf, lineOf, summaryOf } from './report';
import { runStorm, type StormName, stormLine, stormNames, stormTenant } from './storms';

interface Flags {
  readonly seed: string;
  readonly only: readonly string[];
  readonly keep: boolean;
  readonly storms: boolean;
  readonly minutes: string;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The fault suite on servers of its own, or those that the environment names. Exits 1 where a case
 *  is wrong. */
async function main({ seed: seedText, only, keep, storms, minutes }: Flags): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-faults-'));
  const seed = Number(seedText);
  const cases = storms ? [] : chosen(allCases(seed), only);
  const names = stormNames.filter((name) => storms && (only.length === 0 || only.includes(name)));
  const what = storms ? `storms ${names.join(', ')}` : `${cases.length} cases`;
  say(`seed ${seed}: ${what}; logs in ${folder}`);
  const servers = await startServers({
    dataDir: join(folder, 'data'),
    ports: await freePorts(),
    fresh: true,
    env: process.env,
    say: () => {},
  });
  const addresses: ServerAddresses = { ...servers.env };
  try {
    const tenants = [...cases.map(({ tenant }) => tenant), ...names.map(stormTenant)];
    const installation = await anInstallation(addresses, folder, tenants);
    const ms = (Number(minutes) * 60_000) / Math.max(1, names.length);
    const run = () =>
      storms
        ? runStorms(installation, names, { seed, ms })
        : runAll({ installation, addresses, folder }, cases, seed);
    const wrong = await run().finally(() => installation.stop());
    if (wrong === 0 && !keep) rmSync(folder, { recursive: true, force: true });
    return wrong;
  } finally {
    await servers.stop();
  }
}

interface Place {
  readonly installation: Installation;
  readonly addresses: ServerAddresses;
  readonly folder: string;
}

/** A case that can only happen once in the life of an installation has one of its own. */
async function inItsPlace(faultCase: FaultCase, place: Place): Promise<CaseResult> {
  const { addresses, folder, installation } = place;
  if (!circumstancesOf(faultCase.point).isFresh) return runCase(installation, faultCase);
  const own = await anInstallation(addresses, folder, [faultCase.tenant]);
  return runCase(own, faultCase).finally(() => own.stop());
}

async function runAll(
  { installation, addresses, folder }: Place,
  cases: readonly FaultCase[],
  seed: number,
): Promise<number> {
  const results: CaseResult[] = [];
  let failed = 0;
  for (const faultCase of cases) {
    try {
      const result = await inItsPlace(faultCase, { installation, addresses, folder });
      results.push(result);
      say(lineOf(result, seed));
    } catch (error) {
      failed += 1;
      say(`FAIL ${faultCase.spec}  ${(error as Error).message}`);
      say(`       again: ${againOf(faultCase.name, seed)}`);
    }
  }
  say(summaryOf(results, failed));
  return failed + results.filter(({ faults }) => faults.length > 0).length;
}

async function runStorms(
  installation: Installation,
  names: readonly StormName[],
  { seed, ms }: { readonly seed: number; readonly ms: number },
): Promise<number> {
  let [faults, wrong] = [0, 0];
  for (const name of names) {
    const result = await runStorm(installation, { name, seed, ms });
    say(stormLine(result));
    faults += result.faultsMet;
    wrong += result.faults.length > 0 ? 1 : 0;
  }
  say(`${names.length} storms, ${wrong} of them wrong; ${faults} faults in all`);
  return wrong;
}

const program = new Command('faults')
  .description(
    'one fault at a time, at every await with a side effect; then all against the oracle',
  )
  .option('--seed <n>', 'of streams, and of the passes at which faults happen', '1')
  .option('--only <name...>', 'cases whose name begins so: cleaner, cleaner.claim:kill', [])
  .option('--storms', 'kills, pairs, rebalances and rolling restarts while events come', false)
  .option('--minutes <n>', 'how long all storms take together', '8')
  .option('--keep', 'leave logs and data where they are', false);

main(program.parse().opts<Flags>()).then(
  (wrong) => process.exit(wrong > 0 ? 1 : 0),
  (error: Error) => {
    process.stderr.write(`faults: ${error.message}\n`);
    process.exit(1);
  },
);
