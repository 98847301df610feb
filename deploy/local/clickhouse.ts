import { existsSync, mkdirSync } from 'node:fs';
import { compiledProgram } from './paths';
import type { Launch } from './process';

/** The HTTP front on the embedded ClickHouse engine, a process of its own, with its data in `folder`. */
export function clickhouseLaunch(options: {
  folder: string;
  logFile: string;
  port: number;
}): Launch {
  mkdirSync(options.folder, { recursive: true });
  const program = compiledProgram('clickhouse-front');
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: compile the project first (npx tsc -p tsconfig.json).`);
  }
  return {
    name: 'ClickHouse',
    command: process.execPath,
    args: [
      // Long query parameters travel in the URL.
      '--max-http-header-size=1048576',
      program,
      String(options.port),
      options.folder,
    ],
    // Each running query holds a thread of libuv's pool; the default of 4 would starve file writes.
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    logFile: options.logFile,
    ready: async () => {
      const url = `http://127.0.0.1:${options.port}/ping`;
      return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
    },
    readyWithinMs: 60_000,
    stopWithinMs: 15_000,
    ipc: true,
  };
}
