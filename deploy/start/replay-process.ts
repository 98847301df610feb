import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../services/shared/runtime/root';
import type { ReplayReport } from '../replay/replay';

export interface ReplayProcessOptions {
  /** The command line of the replay program, the report's place aside. */
  readonly args: readonly string[];
  readonly folder: string;
  /** Told the process id, to count its CPU time. */
  readonly started: (pid: number) => void;
  /** Ends the replay, for Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Runs the replay as a process of its own: its CPU time is told apart, and a progress bar in a busy
 *  launcher would stutter. Rejects where it fails; it has said why itself. */
export async function runReplay(options: ReplayProcessOptions): Promise<ReplayReport> {
  const { args, folder, started, signal } = options;
  mkdirSync(join(folder, 'run'), { recursive: true });
  const report = join(folder, 'run', `replay-${process.pid}.json`);
  const program = join(projectRoot, 'dist', 'deploy', 'replay', 'main.js');
  const child = spawn(process.execPath, [program, ...args, '--report', report], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '--max-semi-space-size=64' },
    signal,
  });
  if (child.pid !== undefined) started(child.pid);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error('the replay did not finish');
  const sent = JSON.parse(readFileSync(report, 'utf8')) as ReplayReport;
  rmSync(report);
  return sent;
}
