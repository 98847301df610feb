import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { freePorts, startServers } from '../../deploy/local/servers';
import { allCases, chosen } from './cases';
import { decisionsInstallation, decisionsLines, runDecisions } from './decisions-run';
import { anInstallation, type Installation } from './installation';
import { type Place, runCases } from './lanes';
import { stormLine, stormSummary } from './report';
import {
  type BacklogOptions,
  type Drained,
  drainBacklog,
  drainedLine,
  scaleShapes,
  scaleTenant,
} from './scale';
import { runStorm, type StormName, type StormResult, stormNames, stormTenant } from './storms';

interface Flags {
  readonly seed: number;
  readonly only: readonly string[];
  readonly keep: boolean;
  readonly storms: boolean;
  readonly minutes: number;
  readonly scale: boolean;
  readonly people: number;
  readonly share?: number;
  readonly lanes: number;
  readonly decisions?: number;
  readonly kills?: number;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The fault suite on servers of its own, or those that the environment names. Exits 1 where a case
 *  is wrong. */
async function main(flags: Flags): Promise<number> {
  const plan = planOf(flags);
  const folder = mkdtempSync(join(tmpdir(), 'tributary-faults-'));
  say(`seed ${flags.seed}: ${plan.what}; logs in ${folder}`);
  const servers = await startServers({
    dataDir: join(folder, 'data'),
    ports: await freePorts(),
    fresh: true,
    env: process.env,
    say: () => {},
  });
  try {
    const wrong = await plan.run({ addresses: { ...servers.env }, folder, say });
    if (wrong === 0 && !flags.keep) rmSync(folder, { recursive: true, force: true });
    return wrong;
  } finally {
    await servers.stop();
  }
}

interface Plan {
  readonly what: string;
  /** How much was wrong. */
  run(place: Place): Promise<number>;
}

function planOf(flags: Flags): Plan {
  const { only, storms, scale, seed, minutes, people, share = null, lanes, decisions } = flags;
  if (decisions !== undefined) return decisionsPlan(seed, decisions, flags.kills);
  if (scale) {
    const run = within(scaleShapes.map(scaleTenant), (installation) =>
      runScale(installation, { seed, people, share }),
    );
    const each = share === null ? '' : `, each process with ${share} of a core`;
    return { what: `a backlog, drained by ${scaleShapes.join(', ')}${each}`, run };
  }
  if (storms) {
    const names = stormNames.filter((name) => only.length === 0 || only.includes(name));
    if (names.length === 0) throw new Error(`no storm is called ${only.join(' or ')}`);
    const ms = (minutes * 60_000) / names.length;
    const tenants = names.map(stormTenant);
    const run = within(tenants, (installation) => runStorms(installation, names, { seed, ms }));
    return { what: `storms ${names.join(', ')}`, run };
  }
  const cases = chosen(allCases(seed), only);
  if (cases.length === 0) throw new Error(`no case is called ${only.join(' or ')}`);
  const run = (place: Place) => runCases(place, cases, { seed, lanes });
  return { what: `${cases.length} cases`, run };
}

/** A kill for every fifty decisions where nobody says how many. */
function decisionsPlan(
  seed: number,
  decisions: number,
  kills: number = Math.ceil(decisions / 50),
): Plan {
  return {
    what: `${decisions} decisions, ${kills} kills`,
    async run({ addresses, folder }) {
      const installation = await anInstallation(addresses, folder, decisionsInstallation);
      const options = { seed, decisions, kills };
      const result = await runDecisions(installation, options).finally(() => installation.stop());
      say(decisionsLines(result, options));
      return result.faults.length;
    },
  };
}

/** On an installation with these tenants. */
function within(
  tenants: readonly string[],
  work: (installation: Installation) => Promise<number>,
): Plan['run'] {
  return async ({ addresses, folder }) => {
    const installation = await anInstallation(addresses, folder, { tenantNames: tenants });
    return work(installation).finally(() => installation.stop());
  };
}

async function runScale(
  installation: Installation,
  options: Omit<BacklogOptions, 'shape'>,
): Promise<number> {
  const drained: Drained[] = [];
  for (const shape of scaleShapes) {
    const result = await drainBacklog(installation, { shape, ...options });
    say(drainedLine(result, drained[0]));
    drained.push(result);
  }
  return drained.filter(({ faults }) => faults.length > 0).length;
}

async function runStorms(
  installation: Installation,
  names: readonly StormName[],
  { seed, ms }: { readonly seed: number; readonly ms: number },
): Promise<number> {
  const results: StormResult[] = [];
  let failed = 0;
  for (const name of names) {
    try {
      const result = await runStorm(installation, { name, seed, ms });
      results.push(result);
      say(stormLine(result));
    } catch (error) {
      failed += 1;
      say(`FAIL  ${name}  ${(error as Error).message}`);
    }
  }
  say(stormSummary(results));
  return failed + results.filter(({ faults }) => faults.length > 0).length;
}

function positive(text: string): number {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('Give a number above 0.');
  return Number(text);
}

const program = new Command('faults')
  .description(
    'one fault at a time, at every await with a side effect; then all against the oracle',
  )
  .option('--seed <n>', 'of streams, and of the passes at which faults happen', positive, 1)
  .option(
    '--only <name...>',
    'cases whose name begins so (cleaner, cleaner.claim:kill) or ends so (:stall)',
    [],
  )
  .option(
    '--storms',
    'kills, pairs, rebalances, rolling restarts and single kills while events come',
    false,
  )
  .option('--minutes <n>', 'how long all storms take together', positive, 8)
  .option(
    '--scale',
    'a backlog, drained by one process of each service, by two, and by more and fewer',
    false,
  )
  .option('--people <n>', 'of the backlog; each sends a dozen messages', positive, 3000)
  .option('--share <cores>', 'of a core that each process gets in --scale; root only', positive)
  .option('--lanes <n>', 'cases that run at the same time', positive, 3)
  .option(
    '--decisions <n>',
    'people decide so often while events come and services are killed',
    positive,
  )
  .option(
    '--kills <n>',
    'how often, while they decide; once for every fifty decisions by default',
    positive,
  )
  .option('--keep', 'leave logs and data where they are', false);

main(program.parse().opts<Flags>()).then(
  (wrong) => process.exit(wrong > 0 ? 1 : 0),
  (error: Error) => {
    process.stderr.write(`faults: ${error.message}\n`);
    process.exit(1);
  },
);
