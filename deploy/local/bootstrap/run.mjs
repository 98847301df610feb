import { spawnSync } from 'node:child_process';

/** One line that says what is done, and then how long it took; the command's own words only on
 *  failure. */
export function run(what, command, args, options = {}) {
  const begun = Date.now();
  process.stderr.write(`${what} ... `);
  const done = spawnSync(command, args, { ...options, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  if (done.status === 0) {
    process.stderr.write(`done (${seconds} s)\n`);
    return;
  }
  process.stderr.write('failed\n');
  const output = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim() || done.error?.message;
  throw new Error(`${output}\n${what} failed: see above; ${command} ${args.join(' ')}`);
}
