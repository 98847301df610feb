import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process by number and start time: numbers are given out again. */
interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

interface Holder {
  owner: ProcessIdentity;
  servers: Record<string, ProcessIdentity>;
}

/** A data folder that this process alone uses until `release()`. */
export interface DataFolder {
  /** Notes a server, so that the next owner can end it should this process be killed. */
  note(name: string, pid: number): void;
  release(): void;
}

const fileName = 'servers.json';
const killAfterMs = 10_000;

/**
 * Takes the folder for this process, ending servers that a killed owner left behind, and empties it
 * when `fresh`. Throws when another living process holds it.
 */
export async function takeDataFolder(folder: string, fresh: boolean): Promise<DataFolder> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileName);
  const held: Holder = { owner: mustIdentify(process.pid), servers: {} };
  if (!createOnce(file, held)) {
    await evictDeadOwner(folder, file);
    if (!createOnce(file, held)) throw inUse(folder, 'another process that is starting');
  }
  if (fresh) emptyBut(folder, fileName);
  return {
    note(name, pid) {
      held.servers[name] = mustIdentify(pid);
      writeFileSync(file, JSON.stringify(held));
    },
    release: () => rmSync(file, { force: true }),
  };
}

function createOnce(file: string, held: Holder): boolean {
  try {
    const descriptor = openSync(file, 'wx');
    writeFileSync(descriptor, JSON.stringify(held));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function evictDeadOwner(folder: string, file: string): Promise<void> {
  const held = readHolder(file);
  if (held !== undefined) {
    if (isAlive(held.owner)) throw inUse(folder, `process ${held.owner.pid}`);
    await Promise.all(Object.values(held.servers).map(endLeftover));
  }
  rmSync(file, { force: true });
}

/** undefined for a file that its writer did not finish. */
function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

async function endLeftover(server: ProcessIdentity): Promise<void> {
  if (!isAlive(server)) return;
  process.kill(server.pid, 'SIGTERM');
  const deadline = Date.now() + killAfterMs;
  while (isAlive(server)) {
    if (Date.now() > deadline) process.kill(server.pid, 'SIGKILL');
    await sleep(50);
  }
}

function inUse(folder: string, holder: string): Error {
  return new Error(
    `The data folder ${folder} is in use by ${holder}: stop that one, or give another folder.`,
  );
}

function emptyBut(folder: string, keep: string): void {
  for (const entry of readdirSync(folder)) {
    if (entry !== keep) rmSync(join(folder, entry), { recursive: true, force: true });
  }
}

function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return identify(pid)?.startedAt === startedAt;
}

function mustIdentify(pid: number): ProcessIdentity {
  return identify(pid) ?? { pid, startedAt: 'unknown' };
}

/** Reads Linux' process table; undefined where the process is gone, a zombie, or there is no /proc. */
function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may hold spaces itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const startedAt = fields[19];
    return state === 'Z' || startedAt === undefined ? undefined : { pid, startedAt };
  } catch {
    return undefined;
  }
}
