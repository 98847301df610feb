// What `npm start` and `npm test` run first, on a machine that has only Node, npm, Java and Maven.
// Uses nothing but Node itself, and syntax that old versions can read, so that the first thing an
// old Node meets is the sentence that says so.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The program that each word starts, once everything it needs is there. */
const programs = {
  start: 'dist/deploy/start.js',
  test: 'dist/test/run.js',
  servers: 'dist/deploy/local/servers-main.js',
  verify: 'dist/deploy/verify/main.js',
  simulate: 'dist/test/simulation/main.js',
  rebuild: 'dist/deploy/rebuild/main.js',
  'bench-collector': 'dist/bench/collector/main.js',
  'bench-freshness': 'dist/bench/freshness/main.js',
  doctor: 'dist/deploy/doctor/main.js',
  redrive: 'dist/deploy/redrive/main.js',
  fuzz: 'dist/bench/fuzz/main.js',
  faults: 'dist/test/faults/main.js',
  kills: 'dist/test/kills/main.js',
  outages: 'dist/test/outages/main.js',
};
/** Programs that need no server. */
const standAlone = ['simulate'];

async function main() {
  const { nodeFault } = await import('./bootstrap/versions.mjs');
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;
  const fault = nodeFault(process.version, wanted);
  if (fault) throw new Error(fault);

  const { prepare } = await import('./bootstrap/prepare.mjs');
  const { hand } = await import('./bootstrap/hand.mjs');
  const [word, ...rest] = process.argv.slice(2);
  const program = programs[word];
  if (!program) {
    const words = Object.keys(programs).join('|');
    throw new Error(`Usage: node deploy/local/bootstrap.mjs ${words} [-- options]`);
  }
  prepare(root, process.env, {
    forTests: word === 'test',
    needsServers: !standAlone.includes(word),
  });
  await hand(join(root, program), rest[0] === '--' ? rest.slice(1) : rest);
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
