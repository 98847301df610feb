import type { CaseResult } from './case-run';

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
  const kills = timesOf(results, (kind) => kind.startsWith('kill'));
  return [
    `${results.length + failed} cases in ${seconds(tookMs)}, ${wrong} of them wrong; lost ${sum('lost')}, doubled ${sum('doubled')}`,
    `time to zero lag after a kill: p50 ${at(kills, 0.5)}, p99 ${at(kills, 0.99)} of ${kills.length}`,
  ].join('\n');
}

function timesOf(
  results: readonly CaseResult[],
  isWanted: (kind: string) => boolean,
): readonly number[] {
  return results
    .filter(({ faultCase }) => isWanted(faultCase.kind) && faultCase.service !== 'collector')
    .map(({ zeroLagMs }) => zeroLagMs)
    .sort((a, b) => a - b);
}

/** Nearest rank. */
function at(sorted: readonly number[], share: number): string {
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return value === undefined ? 'unknown' : seconds(value);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
