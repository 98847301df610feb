import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeDataFolder } from '../../../../deploy/local/data-folder';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const holderFile = () => join(folder, 'servers.json');

test('a living owner keeps others out until it releases', async () => {
  const held = await takeDataFolder(folder, false);
  await expect(takeDataFolder(folder, false)).rejects.toThrow(
    `The data folder ${folder} is in use by process ${process.pid}: stop that one`,
  );
  held.release();
  (await takeDataFolder(folder, false)).release();
  expect(existsSync(holderFile())).toBe(false);
});

test('fresh empties the folder but stays its owner', async () => {
  writeFileSync(join(folder, 'old'), '');
  const held = await takeDataFolder(folder, true);
  expect(existsSync(join(folder, 'old'))).toBe(false);
  expect(existsSync(holderFile())).toBe(true);
  held.release();
});

test('servers that a killed owner left are ended, and no process that has their number', async () => {
  const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  try {
    await Promise.all([once(left, 'spawn'), once(stranger, 'spawn')]);
    await leaveBehind({ left, stranger });
    const ended = once(left, 'exit');
    const held = await takeDataFolder(folder, false);
    expect((await ended)[1]).toBe('SIGTERM');
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    held.release();
  } finally {
    left.kill('SIGKILL');
    stranger.kill('SIGKILL');
  }
});

test('a holder file cut short by a crash is no obstacle', async () => {
  writeFileSync(holderFile(), '{"owner":');
  (await takeDataFolder(folder, false)).release();
});

/** The file of an owner that is gone; the stranger got the number of a server that ended long ago. */
async function leaveBehind({ left, stranger }: Record<string, ChildProcess>): Promise<void> {
  const held = await takeDataFolder(folder, false);
  held.note('left', left?.pid as number);
  held.note('stranger', stranger?.pid as number);
  const file = JSON.parse(readFileSync(holderFile(), 'utf8'));
  file.owner = { pid: spawnSync('true').pid, startedAt: '1' };
  file.servers.stranger.startedAt = '1';
  writeFileSync(holderFile(), JSON.stringify(file));
}
