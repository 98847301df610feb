// Brings everything a run needs, each step only when its result is missing or out of date.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { digestOf, isStale, listing, writeStamp } from './stamp.mjs';
import { installRedis, installTestTools } from './system.mjs';
import { javaMajor } from './versions.mjs';

/** Steps for local servers are left out where no server is needed, or the environment names one. */
export function prepare(root, env, { forTests, needsServers }) {
  installPackages(root);
  if (needsServers) prepareServers(root, env);
  if (forTests) installTestTools();
  compile(root);
}

function prepareServers(root, env) {
  if (!env.KAFKA_BROKERS || !env.SCHEMA_REGISTRY_URL) {
    requireJava();
    fetchJars(root);
  }
  if (!env.REDIS_URL) installRedis();
}

function installPackages(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = join(root, 'node_modules', '.tributary-stamp');
  const digest = digestOf(lock, process.version);
  if (!isStale(stamp, digest)) return;
  run('Installing npm packages', 'npm', ['ci', '--no-audit', '--no-fund'], { cwd: root });
  writeStamp(stamp, digest);
}

function requireJava() {
  const found = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const advice = 'install Java 17 (Debian: apt-get install openjdk-17-jre-headless)';
  const instead = 'or name running servers in KAFKA_BROKERS and SCHEMA_REGISTRY_URL';
  if (found.error) throw new Error(`Java is missing: ${advice}, ${instead}.`);
  const major = javaMajor(found.stderr);
  if (major < 17) throw new Error(`Java ${major} is too old for Kafka: ${advice}, ${instead}.`);
}

function fetchJars(root) {
  const pom = join(root, 'deploy', 'local', 'pom.xml');
  const folder = join(root, '.tributary', 'lib');
  const digest = digestOf(readFileSync(pom));
  const stamp = join(folder, 'stamp');
  if (!isStale(stamp, digest)) return;
  if (spawnSync('mvn', ['-v']).error) {
    throw new Error(
      'Maven is missing: install it (Debian: apt-get install maven), then try again.',
    );
  }
  rmSync(folder, { recursive: true, force: true });
  run('Fetching Kafka and the schema registry', 'mvn', ['-B', '-q', '-f', pom, 'package']);
  writeStamp(stamp, digest);
}

function compile(root) {
  const sources = ['services', 'deploy', 'bench', 'test'].flatMap((name) =>
    listing(join(root, name), '.ts'),
  );
  const config = readFileSync(join(root, 'tsconfig.json'));
  const digest = digestOf(config, sources.join('\n'));
  const stamp = join(root, 'dist', '.stamp');
  if (!isStale(stamp, digest)) return;
  removeOrphans(root, sources);
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  run('Compiling', process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: root });
  writeStamp(stamp, digest);
}

/** The compiler leaves behind what it made from sources that are gone; a fresh start removes it. */
function removeOrphans(root, sources) {
  const dist = join(root, 'dist');
  const known = new Set(sources.map((line) => line.slice(root.length, line.indexOf('.ts '))));
  const isOrphan = (line) => !known.has(line.slice(dist.length, line.indexOf('.js ')));
  if (listing(dist, '.js').some(isOrphan)) rmSync(dist, { recursive: true });
}
