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
import { drainBacklog, drainedLine, scaleTenants } from './scale';
import { runStorm, type StormName, stormLine, stormNames, stormTenant } from './storms';

interface Flags {
  readonly seed: string;
  readonly only: readonly string[];
  readonly keep: boolean;
  readonly storms: boolean;
  readonly minutes: string;
  readonly scale: boolean;
  readonly people: string;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The fault suite on servers of its own, or those that the environment names. Exits 1 where a case
 *  is wrong. */
async function main(flags: Flags): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-faults-'));
  const plan = planOf(flags);
  say(`seed ${flags.seed}: ${plan.what}; logs in ${folder}`);
  const servers = await startServers({
    dataDir: join(folder, 'data'),
    ports: await freePorts(),
    fresh: true,
    env: process.env,
    say: () => {},
  });
  const addresses: ServerAddresses = { ...servers.env };
  try {
    const installation = await anInstallation(addresses, folder, plan.tenants);
    const running = plan.run({ installation, addresses, folder });
    const wrong = await running.finally(() => installation.stop());
    if (wrong === 0 && !flags.keep) rmSync(folder, { recursive: true, force: true });
    return wrong;
  } finally {
    await servers.stop();
  }
}

interface Plan {
  readonly what: string;
  readonly tenants: readonly string[];
  /** How much was wrong. */
  run(place: Place): Promise<number>;
}

function planOf({ seed: seedText, only, storms, scale, minutes, people }: Flags): Plan {
  const seed = Number(seedText);
  if (scale) {
    const run = ({ installation }: Place) => runScale(installation, seed, Number(people));
    return { what: 'a backlog, twice', tenants: scaleTenants, run };
  }
  if (storms) {
    const names = stormNames.filter((name) => only.length === 0 || only.includes(name));
    const ms = (Number(minutes) * 60_000) / Math.max(1, names.length);
    const run = ({ installation }: Place) => runStorms(installation, names, { seed, ms });
    return { what: `storms ${names.join(', ')}`, tenants: names.map(stormTenant), run };
  }
  const cases = chosen(allCases(seed), only);
  const tenants = cases.map(({ tenant }) => tenant);
  return { what: `${cases.length} cases`, tenants, run: (place) => runAll(place, cases, seed) };
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

async function runScale(installation: Installation, seed: number, people: number): Promise<number> {
  let wrong = 0;
  for (const processes of [1, 2] as const) {
    const drained = await drainBacklog(installation, { processes, people, seed });
    say(drainedLine(drained));
    wrong += drained.faults.length > 0 ? 1 : 0;
  }
  return wrong;
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
  .option('--scale', 'a backlog, drained by one process of each service and by two', false)
  .option('--people <n>', 'of the backlog; each sends a dozen messages', '3000')
  .option('--keep', 'leave logs and data where they are', false);

main(program.parse().opts<Flags>()).then(
  (wrong) => process.exit(wrong > 0 ? 1 : 0),
  (error: Error) => {
    process.stderr.write(`faults: ${error.message}\n`);
    process.exit(1);
  },
);
