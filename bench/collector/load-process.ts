import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadPlan, LoadReport, Progress } from './load';

type Said = { readonly progress: Progress } | { readonly report: LoadReport };

/** Runs a sender in a process of its own and answers its report. */
export function runLoad(
  plan: LoadPlan,
  progress: (so: Progress) => void = () => {},
): Promise<LoadReport> {
  const child = fork(join(__dirname, 'load-main.js'), { stdio: 'inherit' });
  child.send(plan);
  return new Promise((resolve, reject) => {
    child.on('message', (said: Said) => {
      if ('report' in said) resolve(said.report);
      else progress(said.progress);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the sender ended with code ${code}`)));
  });
}
