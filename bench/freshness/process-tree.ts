import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What everything that `npm start` runs is called, by a part of its command line. */
const names: readonly (readonly [part: RegExp, name: string])[] = [
  [/dist\/services\/(\w+)\/main\.js/, '$1'],
  [/kafka\.Kafka\b/, 'kafka'],
  [/apicurio/, 'registry'],
  [/redis-server/, 'redis'],
  [/clickhouse-front/, 'clickhouse'],
  [/dist\/deploy\/traffic\/main\.js/, 'traffic'],
  [/dist\/deploy\/start\.js/, 'launcher and panel'],
  [/bootstrap\.mjs/, 'bootstrap'],
  [/^npm\b/, 'npm'],
];

export interface NamedProcess {
  readonly name: string;
  readonly pid: number;
}

/** Everything that runs for the installation in a folder: the launcher, what it started, and what it
 *  was started by. Linux only; empty where nothing runs there. */
export function processesOf(folder: string): readonly NamedProcess[] {
  const file = join(folder, 'data', 'servers.json');
  if (!existsSync(file)) return [];
  const { owner } = JSON.parse(readFileSync(file, 'utf8')) as { owner: { pid: number } };
  const parents = parentOfEach();
  const all = [...ancestors(owner.pid, parents), ...descendants(owner.pid, parents)];
  return all.map((pid) => ({ pid, name: nameOf(pid) ?? 'other' }));
}

function parentOfEach(): ReadonlyMap<number, number> {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return new Map(pids.flatMap((pid) => parentOf(pid)));
}

/** The fields after the name, which may hold anything, in parentheses: state, parent, ... */
function parentOf(pid: number): [number, number][] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return [[pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
  } catch {
    return []; // ended meanwhile
  }
}

/** npm and the bootstrap, where it was started through them. */
function ancestors(pid: number, parents: ReadonlyMap<number, number>): number[] {
  const parent = parents.get(pid) ?? 0;
  return nameOf(parent) === null ? [] : [...ancestors(parent, parents), parent];
}

function descendants(pid: number, parents: ReadonlyMap<number, number>): number[] {
  const children = [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);
  return [pid, ...children.flatMap((child) => descendants(child, parents))];
}

function nameOf(pid: number): string | null {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    for (const [part, name] of names) {
      const found = part.exec(line);
      if (found !== null) return name.replace('$1', found[1] ?? '');
    }
    return null;
  } catch {
    return null;
  }
}
