import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../../deploy/local/servers';
import { type RunningService, startService } from '../../../../deploy/start/service';
import type { ServicePlan } from '../../../../deploy/start/service-plans';
import { eventually } from '../../../support/eventually';

/** Ready at once; ends itself when asked to; drains for a moment on SIGTERM. */
const program = `
const { createServer } = require('node:http');
const server = createServer((request, response) => {
  if (request.url === '/end') process.exit(3);
  response.end(request.url === '/options' ? process.env.NODE_OPTIONS : '');
});
server.listen(Number(process.env.CLEANER_PORT), '127.0.0.1');
process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit(0); }, 100));
`;

const folder = mkdtempSync(join(tmpdir(), 'service-'));
let service: RunningService | null = null;
let said: string[] = [];
let pids: number[] = [];

beforeEach(() => {
  [said, pids] = [[], []];
});
afterEach(async () => {
  await service?.stop();
  service = null;
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(text: string, env: NodeJS.ProcessEnv = {}): Promise<RunningService> {
  const file = join(folder, 'program.js');
  writeFileSync(file, text);
  const plan: ServicePlan = {
    name: 'cleaner',
    program: file,
    portVariable: 'CLEANER_PORT',
    defaultPort: (await freePorts()).redis,
    heap: { youngMb: 16, oldMb: 100 },
  };
  service = await startService(plan, {
    env: { ...process.env, ...env },
    folder,
    say: (line) => said.push(line),
    started: (_name, pid) => pids.push(pid),
  });
  return service;
}

const pidFile = join(folder, 'run', 'cleaner.pid');
const pidNoted = () => Number(readFileSync(pidFile, 'utf8'));

test('runs with its options, its process id on file, until it is stopped', async () => {
  const running = await start(program, { NODE_OPTIONS: '--no-warnings' });
  expect([pidNoted()]).toEqual(pids);
  const options = await (await fetch(`${running.url}/options`)).text();
  expect(options).toBe('--max-semi-space-size=16 --max-old-space-size=100 --no-warnings');
  await running.stop();
  expect(readFileSync(join(folder, 'logs', 'cleaner.log'), 'utf8')).toContain('drained');
  expect(existsSync(pidFile)).toBe(false);
  expect(running.restarts()).toBe(0);
});

test.each([
  ['ends itself', (url: string) => fetch(`${url}/end`).catch(() => {}), 'exit code 3'],
  ['is killed', async () => process.kill(pidNoted(), 'SIGKILL'), 'SIGKILL'],
])('a service that %s is started again', async (_what, end, how) => {
  const running = await start(program);
  await end(running.url);
  const back = { deadlineMs: 10_000, message: 'the service is back' };
  await eventually(() => running.restarts() === 1, back);
  expect(said).toEqual([
    `cleaner ended (${how}); it is started again in 0.5 s`,
    'cleaner is ready again',
  ]);
  expect(pids).toHaveLength(2);
  expect(pidNoted()).toBe(pids[1]);
  expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
});

test('stopping while it waits to be started again leaves nothing running', async () => {
  const running = await start(program);
  await fetch(`${running.url}/end`).catch(() => {});
  await eventually(() => said.length === 1, { deadlineMs: 5_000, message: 'its end is noticed' });
  await running.stop();
  expect(pids).toHaveLength(1);
  expect(said).toHaveLength(1);
});

test('a service that does not start quotes its log', async () => {
  const failing = start(`console.log('no topics: run the set-up'); process.exit(1);`);
  await expect(failing).rejects.toThrow(/ended while starting[\s\S]*no topics: run the set-up/);
});

test('a port in use is named, with the way to another', async () => {
  const running = await start(program);
  const taken = new URL(running.url).port;
  await expect(start(program, { CLEANER_PORT: taken })).rejects.toThrow(
    new RegExp(`Port ${taken} .*CLEANER_PORT`),
  );
  service = running;
});

test('a port that is none is named', async () => {
  await expect(start(program, { CLEANER_PORT: '80a' })).rejects.toThrow('CLEANER_PORT=80a');
});
