import { nearestRank } from '../support/nearest-rank';
import type { CaseResult } from './case-run';
import { besideStream, type FaultCase } from './cases';
import { consumers } from './running';
import type { StormResult } from './storms';

/** One line a case; what differs, and how to see it again, below it. */
export function lineOf(result: CaseResult, seed: number): string {
  const { faultCase, faults, zeroLagMs, tookMs, accepted, redelivered, lost, doubled } = result;
  const isExact = faults.length === 0;
  const line = [
    isExact ? 'ok  ' : 'FAIL',
    faultCase.spec.padEnd(44),
    `zero lag after ${seconds(zeroLagMs)}`,
    `accepted ${accepted}`,
    `delivered again ${redelivered}`,
    `lost ${lost}`,
    `doubled ${doubled}`,
    `(${seconds(tookMs)})`,
  ].join('  ');
  if (isExact) return line;
  const shown = faults.slice(0, 10).map((fault) => `       ${fault}`);
  const more = faults.length > 10 ? [`       and ${faults.length - 10} more`] : [];
  return [line, ...shown, ...more, `       again: ${againOf(faultCase.name, seed)}`].join('\n');
}

export function againOf(name: string, seed: number): string {
  return `npm run faults -- --seed ${seed} --only ${name}`;
}

/** The last lines of a run: what all cases say together. */
export function summaryOf(
  results: readonly CaseResult[],
  { failed, tookMs }: { readonly failed: number; readonly tookMs: number },
): string {
  const sum = (of: 'lost' | 'doubled') => results.reduce((all, one) => all + one[of], 0);
  const wrong = results.filter(({ faults }) => faults.length > 0).length + failed;
  return [
    `${results.length + failed} cases in ${seconds(tookMs)}, ${wrong} of them wrong; lost ${sum('lost')}, doubled ${sum('doubled')}`,
    recoveryLine(killTimes(results)),
  ].join('\n');
}

/** One line a storm, its faults by kind, and what differs below. */
export function stormLine(result: StormResult): string {
  const { name, faults, kinds, stops, zeroLagMs, recoveriesMs } = result;
  const { accepted, redelivered, lost, doubled } = result;
  const line = [
    faults.length === 0 ? 'ok  ' : 'FAIL',
    name.padEnd(10),
    `${totalOf(kinds)} faults`,
    `zero lag ${seconds(zeroLagMs)} after the storm`,
    `accepted ${accepted}`,
    `delivered again ${redelivered}`,
    `lost ${lost}`,
    `doubled ${doubled}`,
  ].join('  ');
  const told = stops === 0 ? [] : [`${stops} processes told to stop`];
  const what = ['      ', [...kindTexts(kinds), ...told].join(', ')].join(' ');
  const recoveries = recoveriesMs.length === 0 ? [] : [`       ${recoveryLine(recoveriesMs)}`];
  const shown = faults.slice(0, 10).map((fault) => `       ${fault}`);
  return [line, what, ...recoveries, ...shown].join('\n');
}

/** What all storms say together. */
export function stormSummary(results: readonly StormResult[]): string {
  const sum = (of: (one: StormResult) => number) => results.reduce((all, one) => all + of(one), 0);
  const kinds = new Map<string, number>();
  for (const result of results) {
    for (const [kind, times] of result.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + times);
  }
  const wrong = sum(({ faults }) => Math.min(1, faults.length));
  return [
    `${results.length} storms, ${wrong} of them wrong; ${totalOf(kinds)} faults: ${kindTexts(kinds).join(', ')}`,
    `lost ${sum(({ lost }) => lost)}, doubled ${sum(({ doubled }) => doubled)}, ` +
      `differences from the oracle ${sum(({ faults }) => faults.length)}`,
    recoveryLine(results.flatMap(({ recoveriesMs }) => recoveriesMs)),
  ].join('\n');
}

function totalOf(kinds: ReadonlyMap<string, number>): number {
  return [...kinds.values()].reduce((sum, times) => sum + times, 0);
}

function kindTexts(kinds: ReadonlyMap<string, number>): readonly string[] {
  return [...kinds].sort().map(([kind, times]) => `${kind} ${times}`);
}

function recoveryLine(timesMs: readonly number[]): string {
  const at = (share: number) => {
    const value = nearestRank(timesMs, share);
    return value === undefined ? 'unknown' : seconds(value);
  };
  return `time to zero lag after a kill: p50 ${at(0.5)}, p99 ${at(0.99)} of ${timesMs.length}`;
}

/** Of consumers: those that were killed with records on their way. */
function killTimes(results: readonly CaseResult[]): readonly number[] {
  const isMeant = ({ kind, point, service }: FaultCase) =>
    kind.startsWith('kill') && consumers.includes(service) && !besideStream.includes(point);
  return results.filter(({ faultCase }) => isMeant(faultCase)).map(({ zeroLagMs }) => zeroLagMs);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
