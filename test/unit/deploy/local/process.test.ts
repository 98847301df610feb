import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Launch, launch, requireFreePort } from '../../../../deploy/local/process';

const folder = mkdtempSync(join(tmpdir(), 'process-'));
afterAll(() => rmSync(folder, { recursive: true }));

const silent = { spawned: () => {}, endedUnexpectedly: () => {} };

function aLaunch(script: string, over: Partial<Launch> = {}): Launch {
  return {
    name: 'Thing',
    command: process.execPath,
    args: ['-e', script],
    logFile: join(folder, 'thing.log'),
    ready: async () => false,
    readyWithinMs: 10_000,
    stopWithinMs: 10_000,
    ...over,
  };
}

test('a server that ends while starting is quoted', async () => {
  const plan = aLaunch("console.error('no room on the disk'); process.exit(3)");
  await expect(launch(plan, silent)).rejects.toThrow(
    /^Thing ended while starting \(exit code 3\)\. Its log .*thing\.log ends with:\n {2}no room on the disk$/,
  );
});

test('a server that never becomes ready is killed at its deadline', async () => {
  let pid = 0;
  const plan = aLaunch('setInterval(() => {}, 1000)', { readyWithinMs: 200 });
  const observer = { ...silent, spawned: (spawned: number) => (pid = spawned) };
  await expect(launch(plan, observer)).rejects.toThrow('Thing was not ready within 0.2 s');
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('stop asks first; kill does not ask; an end nobody asked for is told', async () => {
  const farewell = join(folder, 'farewell');
  const started = join(folder, 'started');
  const script = `const fs = require('fs');
    process.on('SIGTERM', () => { fs.writeFileSync(${JSON.stringify(farewell)}, 'bye'); process.exit(); });
    process.on('SIGUSR2', () => process.exit(7));
    setInterval(() => {}, 1000);
    fs.writeFileSync(${JSON.stringify(started)}, '');`;
  const start = async () => {
    rmSync(started, { force: true });
    const told: string[] = [];
    const plan = aLaunch(script, { ready: async () => existsSync(started) });
    const endedUnexpectedly = (how: string) => told.push(how);
    return { told, server: await launch(plan, { ...silent, endedUnexpectedly }) };
  };

  const killed = await start();
  await killed.server.kill();
  expect(existsSync(farewell)).toBe(false);

  const stopped = await start();
  await stopped.server.stop();
  expect(readFileSync(farewell, 'utf8')).toBe('bye');
  expect([...killed.told, ...stopped.told]).toEqual([]);

  const lost = await start();
  process.kill(lost.server.pid, 'SIGUSR2');
  while (lost.told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(lost.told).toEqual(['exit code 7']);
});

test('a port in use is named, with what to do', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as { port: number };
  await expect(requireFreePort(port, 'redis', 'Set X.')).rejects.toThrow(
    `Port ${port} of 127.0.0.1, wanted for redis, is in use. Set X.`,
  );
  await new Promise((resolve) => holder.close(resolve));
  await requireFreePort(port, 'redis', '');
});
