import { spawnSync } from 'node:child_process';
import { projectRoot } from '../../services/shared/runtime/root';

/** A program of the machine that the project can do without, and the Debian package that has it. */
export interface OptionalProgram {
  readonly name: string;
  readonly package: string;
  /** Arguments with which it does nothing and ends well. */
  readonly probe: readonly string[];
}

/** `test` where the program is installed; elsewhere a skipped test whose title says how to get it. */
export function testWith({ name, package: from, probe }: OptionalProgram) {
  const found = spawnSync(name, probe).status === 0;
  return (title: string, body: () => Promise<void>): void =>
    found
      ? test(title, body)
      : test.skip(`${title} (needs ${name}: apt-get install ${from})`, body);
}

/** Runs a program in the project's folder; throws with all it said unless it ends well. */
export function runProgram(name: string, args: readonly string[], input = ''): string {
  const done = spawnSync(name, args, { cwd: projectRoot, input, encoding: 'utf8' });
  if (done.status === 0) return done.stdout;
  throw new Error(`${name} ${args.join(' ')} failed:\n${done.stdout}${done.stderr}`);
}
