import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startServers } from '../deploy/local/servers';
import { check, jest, type Run, type Tally, total } from './support/test-run';

/** Ctrl-C ends what runs; what was started is still stopped. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort());
}

/** Tests of these folders need no server. */
const standsAlone = /^test\/(unit|tidy|simulation)\b/;

/** Folders whose tests start processes or measure time: one file after the other. */
const serial = ['integration', 'e2e'];
const parallel = ['unit', 'tidy', 'contract', 'simulation'];

/**
 * `npm test [-- paths]`: types and style, then every test, with servers of its own on free ports, or
 * those that the environment names. Ends with one line of counts, and leaves nothing running.
 */
async function main(paths: readonly string[]): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  const run = { folder, env: process.env, signal: interrupted.signal };
  try {
    if (paths.length > 0 && paths.every((path) => standsAlone.test(path))) {
      return await jest({ paths, without: [], workers: 2 }, run);
    }
    const checks = paths.length > 0 ? [] : [await types(run), await style(run)];
    return total([...checks, ...(await withServers(run, (env) => tests(paths, { ...run, env })))]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function types(run: Run): Promise<Tally> {
  return check('types', ['typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'], run);
}

function style(run: Run): Promise<Tally> {
  return check(
    'style',
    ['@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '--colors=off'],
    run,
  );
}

async function withServers<T>(
  { folder, env }: Run,
  use: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const servers = await startServers({
    dataDir: join(folder, 'data'),
    ports: await freePorts(),
    fresh: true,
    env,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  try {
    return await use({ ...env, ...servers.env });
  } finally {
    await servers.stop();
  }
}

async function tests(paths: readonly string[], run: Run): Promise<readonly Tally[]> {
  const first = await jest({ paths, without: serial, workers: 2 }, run);
  return [first, await jest({ paths, without: parallel, workers: 1 }, run)];
}

main(process.argv.slice(2)).then(
  ({ passed, failed, skipped }) => {
    const left = skipped > 0 ? `${skipped} skipped, see above\n` : '';
    process.stdout.write(`${left}${passed} passed, ${failed} failed\n`);
    process.exit(failed > 0 || interrupted.signal.aborted ? 1 : 0);
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
