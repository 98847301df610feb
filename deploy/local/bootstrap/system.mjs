// Programs that come as packages of the system: installed by apt where they are missing and we may.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { run } from './run.mjs';

const redis = { command: 'redis-server', package: 'redis-server' };

/** What some tests look through; those are skipped, and say so, where it is missing. */
const testTools = [
  { command: 'promtool', package: 'prometheus' },
  { command: 'docker-compose', package: 'docker-compose' },
  { command: 'chromium', package: 'chromium' },
];

/** Installs Redis unless it is there. Throws with what to do where that cannot be done. */
export function installRedis() {
  if (isThere(redis)) return;
  if (!mayInstall()) {
    throw new Error(
      'redis-server is missing: install Redis 7 (Debian: apt-get install redis-server, then stop the service it starts), or name a running one in REDIS_URL.',
    );
  }
  install([redis]);
}

/** Installs what tests would like to have, where we may; a test can do without. */
export function installTestTools() {
  const missing = testTools.filter((tool) => !isThere(tool));
  if (missing.length === 0 || !mayInstall()) return;
  try {
    install(missing);
  } catch (error) {
    console.error(`${error.message}\nTests that need one of them are skipped.`);
  }
}

function isThere({ command }) {
  return spawnSync('which', [command]).status === 0;
}

function mayInstall() {
  return process.getuid?.() === 0 && !spawnSync('apt-get', ['--version']).error;
}

function install(programs) {
  const packages = programs.map((program) => program.package);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  withoutServiceStart(() => {
    const args = ['install', '-y', '--no-install-recommends', ...packages];
    const known = spawnSync('apt-get', ['install', '--dry-run', ...packages], options);
    if (known.status !== 0) run('Reading the package lists', 'apt-get', ['update'], options);
    run(`Installing ${packages.join(', ')}`, 'apt-get', args, options);
  });
}

/** Debian asks this file before a package may start its service, which would take its port. */
function withoutServiceStart(work) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    rmSync(policy);
  }
}
