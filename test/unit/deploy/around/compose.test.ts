import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsByProgram } from '../../../../deploy/docs/settings-table';
import { redisLaunch } from '../../../../deploy/local/redis';
import { nodeOptionsOf, servicePlans } from '../../../../deploy/start/service-plans';
import { projectRoot } from '../../../../services/shared/runtime/root';
import { bytesOf, composeFile } from '../../../support/compose-file';
import { runProgram, testWith } from '../../../support/programs';

const { services, networks } = composeFile();
const all = Object.entries(services);
const compose = { name: 'docker-compose', package: 'docker-compose', probe: ['version'] };

testWith(compose)('docker-compose accepts docker-compose.yml', async () => {
  expect(runProgram('docker-compose', ['config', '-q'])).toBe('');
});

test.each(all)('%s: a pinned image, bounded memory, CPU and logs', (_name, service) => {
  expect(service.image).toMatch(/^tributary:\$\{TRIBUTARY_TAG:-local\}$|:v?\d+\.\d+\.\d+/);
  expect(bytesOf(service.mem_limit ?? 'nothing')).toBeGreaterThan(0);
  expect(service.cpus).toBeGreaterThan(0);
  expect(service.logging?.options).toEqual({ 'max-size': '10m', 'max-file': '5' });
});

test.each(all.filter(([name]) => name !== 'setup'))(
  '%s comes back by itself, and its health is asked for',
  (_name, service) => {
    expect(service.restart).toBe('unless-stopped');
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
  },
);

test('docker-compose.yml spells no password or key; .env has those of the demo', () => {
  const spelled = all.flatMap(([name, { environment = {} }]) =>
    Object.entries(environment)
      .filter(([variable]) => /PASSWORD|SECRET|_KEY/.test(variable))
      .filter(([, value]) => !/^\$\{[A-Z_]+:\?set it in \.env\}$/.test(String(value)))
      .map(([variable]) => `${name} ${variable}`),
  );
  const inUrls = all.flatMap(([, { environment = {} }]) =>
    Object.values(environment).flatMap((value) => /:\/\/[^/]*@/.exec(String(value)) ?? []),
  );
  expect(spelled).toEqual([]);
  expect(inUrls.length).toBeGreaterThan(0);
  for (const part of inUrls) expect(part).toMatch(/:\$\{[A-Z_]+:\?set it in \.env\}@$/);
  const lines = readFileSync(join(projectRoot, '.env'), 'utf8').trim().split('\n');
  const values = lines.filter((line) => !line.startsWith('#'));
  for (const value of values) expect(value).toMatch(/^[A-Z_]+=demo-[a-z-]+$/);
});

test('what can be reached from outside is reached from this machine only', () => {
  expect(networks.servers).toEqual({ internal: true });
  for (const [name, { ports = [], networks: joined }] of all) {
    for (const port of ports) expect(`${name} ${port}`).toContain(' 127.0.0.1:');
    expect(joined.includes('outside')).toBe(ports.length > 0);
  }
});

test.each(servicePlans)('$name has its program, port, heap and room for it', (plan) => {
  const service = services[plan.name];
  expect(service?.command).toEqual([`dist/services/${plan.name}/main.js`]);
  expect(service?.healthcheck?.test.at(-1)).toBe(String(plan.defaultPort));
  expect(service?.environment?.NODE_OPTIONS).toBe(nodeOptionsOf(plan, {}));
  const { oldMb, youngMb } = plan.heap;
  // The young generation is three semi-spaces; code, buffers and threads come on top of the heap.
  const leastMb = oldMb + 3 * youngMb + 128;
  expect(bytesOf(service?.mem_limit ?? '') / 2 ** 20).toBeGreaterThanOrEqual(leastMb);
});

test('the programs of the project run without rights and write nothing', () => {
  const own = all.filter(([, { image }]) => image.startsWith('tributary:'));
  const names = [...servicePlans.map(({ name }): string => name), 'setup'];
  expect(own.map(([name]) => name).sort()).toEqual(names.sort());
  for (const [, service] of own) {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  }
});

test('services are told what their settings know, and nothing else', () => {
  for (const [program, table] of Object.entries(settingsByProgram)) {
    const service = services[program === 'set-up' ? 'setup' : program];
    const known = Object.values(table).map(({ env }) => env);
    const told = Object.keys(service?.environment ?? {});
    expect({ program, told }).toEqual({
      program,
      told: told.filter((name) => [...known, 'NODE_OPTIONS'].includes(name)),
    });
  }
});

test('Redis keeps its data as the local one does', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redis-settings-'));
  const { args } = redisLaunch({ folder, logFile: join(folder, 'log'), port: 1 });
  rmSync(folder, { recursive: true });
  const script = readFileSync(join(projectRoot, 'deploy/docker/redis.sh'), 'utf8').split('\n');
  const ofTheMachine = ['port', 'bind', 'dir', 'daemonize', 'loglevel'];
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at]?.slice(2) ?? '';
    if (ofTheMachine.includes(name)) continue;
    expect(script).toContain(`${name} ${args[at + 1] === '' ? '""' : args[at + 1]}`);
  }
});
