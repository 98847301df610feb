import { join } from 'node:path';
import { projectRoot } from '../services/shared/runtime/root';
import { readFlags } from './start/options';
import { runStart } from './start/run';

/** 128 and the number of SIGINT, as shells have it. */
const interruptedCode = 130;

/** `npm start`: everything on one machine, until Ctrl-C. A second Ctrl-C does not wait for anything;
 *  the kernel then ends what this process had started. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(interruptedCode);
    interrupted.abort();
  });
}

runStart(readFlags(process.argv.slice(2)), {
  folder: process.env.TRIBUTARY_FOLDER ?? join(projectRoot, '.tributary'),
  env: process.env,
  output: process.stdout,
  interrupted: interrupted.signal,
}).then(
  (isDone) => process.exit(isDone ? 0 : interruptedCode),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
