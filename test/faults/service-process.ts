import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  nodeOptionsOf,
  type ServiceName,
  type ServicePlan,
} from '../../deploy/start/service-plans';

/** A service that runs once: nobody starts it again but the one who started it. */
export interface ServiceProcess {
  readonly name: ServiceName;
  readonly pid: number;
  isRunning(): boolean;
  /** `exit code 1`, `SIGKILL`; null while it runs. */
  how(): string | null;
  /** When it ended. */
  readonly ended: Promise<number>;
  /** True once it is ready; false where it ended before. */
  ready(): Promise<boolean>;
  /** Where it listens; null where it does not yet. */
  url(): string | null;
  /** The faults it met on purpose. */
  faults(): readonly FaultMet[];
  kill(): void;
  /** Stands still where it is (SIGSTOP), as a suspended machine does; the function lets it go on. */
  freeze(): () => void;
  /** SIGTERM, and SIGKILL when that is not enough. */
  stop(): Promise<void>;
}

export interface FaultMet {
  readonly failpoint: string;
  readonly kind: string;
  /** Milliseconds UTC. */
  readonly at: number;
}

const stopWithinMs = 15_000;

/** Starts a compiled service on a port of its own; its log is a file of its own, too. */
export function startProcess(
  plan: ServicePlan,
  env: NodeJS.ProcessEnv,
  logFile: string,
): ServiceProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const [program = '', ...args] = boundToParent([process.execPath, plan.program]);
  const child = spawn(program, args, {
    stdio: ['ignore', log, log],
    env: { ...env, NODE_OPTIONS: nodeOptionsOf(plan, env), [plan.portVariable]: '0' },
  });
  closeSync(log);
  let how: string | null = null;
  const ended = new Promise<number>((resolve) => {
    const gone = (why: string) => {
      how = why;
      resolve(Date.now());
    };
    child.once('exit', (code, signal) => gone(signal ?? `exit code ${code}`));
    child.once('error', (error) => gone(error.message));
  });
  const lines = () => logLines(logFile);
  const url = () => lines().find(({ msg }) => msg === `${plan.name} runs`)?.address ?? null;
  return {
    name: plan.name,
    pid: child.pid ?? 0,
    isRunning: () => how === null,
    how: () => how,
    ended,
    url,
    async ready() {
      while (how === null && !(await isReady(url()))) await sleep(50);
      return how === null;
    },
    faults: () =>
      lines().flatMap(({ failpoint, kind = '', time }) =>
        failpoint === undefined ? [] : [{ failpoint, kind, at: Date.parse(time) }],
      ),
    kill: () => void child.kill('SIGKILL'),
    freeze() {
      child.kill('SIGSTOP');
      return () => void child.kill('SIGCONT');
    },
    async stop() {
      if (how !== null) return;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
      await ended;
      clearTimeout(late);
    },
  };
}

/** On Linux the kernel stops it should we be killed. */
function boundToParent(command: readonly string[]): readonly string[] {
  const setpriv = '/usr/bin/setpriv';
  return existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', '--', ...command] : command;
}

async function isReady(url: string | null): Promise<boolean> {
  if (url === null) return false;
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

interface LogLine {
  readonly msg: string;
  readonly time: string;
  readonly address?: string;
  readonly failpoint?: string;
  readonly kind?: string;
}

function logLines(file: string): readonly LogLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LogLine);
}
