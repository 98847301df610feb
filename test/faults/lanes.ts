import { type CaseResult, runCase } from './case-run';
import type { FaultCase } from './cases';
import { circumstancesOf } from './circumstances';
import { anInstallation, type Installation, type ServerAddresses } from './installation';
import { againOf, lineOf, summaryOf } from './report';

/** Where a run of the suite takes place. */
export interface Place {
  readonly addresses: ServerAddresses;
  /** Of logs. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** So low that a few of a case's orders are held. */
const orderOutlier = { times: 1, sample: 1, imports: true };

export interface LaneOptions {
  readonly seed: number;
  /** Installations on the same servers, each with one case at a time: a case is mostly waiting for a
   *  session to end. */
  readonly lanes: number;
}

/** Runs every case, says a line of each, and answers with how many were wrong. */
export async function runCases(
  place: Place,
  cases: readonly FaultCase[],
  { seed, lanes }: LaneOptions,
): Promise<number> {
  const { addresses, folder, say } = place;
  const tenants = cases.map(({ tenant }) => tenant);
  const left = [...cases];
  const results: CaseResult[] = [];
  let failed = 0;
  const runNext = async (faultCase: FaultCase, installation: Installation) => {
    try {
      const result = await inItsPlace(faultCase, place, installation);
      results.push(result);
      say(lineOf(result, seed));
    } catch (error) {
      failed += 1;
      say(`FAIL  ${faultCase.spec}  ${(error as Error).message}`);
      say(`       again: ${againOf(faultCase.name, seed)}`);
    }
  };
  const lane = async () => {
    const options = { tenantNames: tenants, orderOutlier };
    const installation = await anInstallation(addresses, folder, options);
    try {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        await runNext(next, installation);
      }
    } finally {
      await installation.stop();
    }
  };
  const startedAt = Date.now();
  await Promise.all(Array.from({ length: Math.min(lanes, cases.length) }, lane));
  say(summaryOf(results, { failed, tookMs: Date.now() - startedAt }));
  return failed + results.filter(({ faults }) => faults.length > 0).length;
}

/** A case that can only happen once in the life of an installation has one of its own. */
async function inItsPlace(
  faultCase: FaultCase,
  { addresses, folder }: Place,
  installation: Installation,
): Promise<CaseResult> {
  if (!circumstancesOf(faultCase.point).isFresh) return runCase(installation, faultCase);
  const options = { tenantNames: [faultCase.tenant], orderOutlier };
  const own = await anInstallation(addresses, folder, options);
  return runCase(own, faultCase).finally(() => own.stop());
}
