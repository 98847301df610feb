// Hands over to the compiled program and stays behind it: signals go in, the exit code comes out.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';

/** Ctrl-C reaches us twice, from the terminal and from npm: within this time it is one wish. */
const sameWishMs = 1_000;

/**
 * The program runs in a process group of its own, so that each signal reaches it once, through us.
 * Should we be killed, Linux tells it to stop. Ends this process with the program's exit code.
 */
export async function hand(program, args) {
  const node = [process.execPath, '--enable-source-maps', program, ...args];
  const setpriv = '/usr/bin/setpriv';
  const bound = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', '--', ...node] : node;
  const child = spawn(bound[0], bound.slice(1), { stdio: 'inherit', detached: true });
  let last = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = Date.now();
      if (now - last > sameWishMs) child.kill(signal);
      last = now;
    });
  }
  // The terminal tells only the processes of its own session that its size has changed.
  process.on('SIGWINCH', () => child.kill('SIGWINCH'));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...how) => resolve(how));
  });
  process.exit(code ?? 128 + constants.signals[signal]);
}
