import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../services/shared/runtime/root';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What every program of a test run is started with. */
export interface Run {
  /** For what the programs leave behind. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export function total(tallies: readonly Tally[]): Tally {
  const sum = (of: keyof Tally) => tallies.reduce((all, tally) => all + tally[of], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** Runs a program that is right or wrong as a whole; its output is shown where it is wrong. */
export async function check(name: string, program: readonly string[], run: Run): Promise<Tally> {
  const begun = Date.now();
  const { code, output } = await runNode(program, run, { show: false });
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  const isRight = code === 0;
  process.stderr.write(isRight ? `${name}: right (${seconds} s)\n` : `${output}\n${name}: wrong\n`);
  return { passed: isRight ? 1 : 0, failed: isRight ? 0 : 1, skipped: 0 };
}

export interface JestRun {
  /** Parts of paths; none for every test. */
  readonly paths: readonly string[];
  /** Folders of test/ that are left out. */
  readonly without: readonly string[];
  readonly workers: number;
}

/** Runs jest and counts from its report. A test file that does not even load counts as one failure,
 *  and so does a jest that leaves no report. */
export async function jest({ paths, without, workers }: JestRun, run: Run): Promise<Tally> {
  const report = join(run.folder, `jest-${without.join('-')}.json`);
  const leftOut = without.map((folder) => `/test/${folder}/`);
  await runNode(
    [
      'jest/bin/jest.js',
      ...['--json', '--outputFile', report, '--passWithNoTests', '--forceExit'],
      ...(workers === 1 ? ['--runInBand'] : ['--maxWorkers', String(workers)]),
      ...leftOut.flatMap((pattern) => ['--testPathIgnorePatterns', pattern]),
      ...['--', ...paths],
    ],
    run,
    { show: true },
  );
  return existsSync(report) ? tallyOf(readFileSync(report, 'utf8')) : aFailure;
}

const aFailure: Tally = { passed: 0, failed: 1, skipped: 0 };

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

export function tallyOf(report: string): Tally {
  const counts = JSON.parse(report) as JestReport;
  return {
    passed: counts.numPassedTests,
    failed: counts.numFailedTests + counts.numRuntimeErrorTestSuites,
    skipped: counts.numPendingTests + counts.numTodoTests,
  };
}

/** Runs a program of node_modules; jest's own JSON on standard output is not shown. */
function runNode(
  [program = '', ...args]: readonly string[],
  { env, signal }: Run,
  { show }: { show: boolean },
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join('node_modules', program), ...args], {
    cwd: projectRoot,
    env,
    signal,
    stdio: ['ignore', 'pipe', show ? 'inherit' : 'pipe'],
  });
  let output = '';
  const keep = (piece: Buffer) => {
    output = (output + piece.toString()).slice(-20_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
