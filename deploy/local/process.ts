import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../../services/shared/runtime/within';

/** How one server is started, and how one can tell that it serves. */
export interface Launch {
  name: string;
  command: string;
  args: readonly string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Standard output and error are appended here. */
  logFile: string;
  /** Resolves to true once the server answers its own protocol; false or a rejection means not yet. */
  ready: () => Promise<boolean>;
  readyWithinMs: number;
  stopWithinMs: number;
  /** Opens an IPC channel, whose end tells the child that this process is gone. */
  ipc?: boolean;
}

export interface RunningServer {
  readonly pid: number;
  /** SIGTERM, and SIGKILL when that is not enough in time. Resolves when the process is gone. */
  stop(): Promise<void>;
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
}

const pollMs = 100;
const sayEveryMs = 10_000;

export interface LaunchObserver {
  spawned(pid: number): void;
  /** It is not ready yet; told every ten seconds. */
  stillStarting?(seconds: number): void;
  /** It was ready, and then ended without having been asked to. */
  endedUnexpectedly(how: string): void;
}

/**
 * Starts a server and resolves when it is ready. It gets its own process group, so that Ctrl-C
 * reaches it only through `stop()`, after its clients have drained.
 * Throws with the last lines of its log when it ends or stays silent beyond `readyWithinMs`.
 */
export async function launch(plan: Launch, observer: LaunchObserver): Promise<RunningServer> {
  mkdirSync(dirname(plan.logFile), { recursive: true });
  const logStart = existsSync(plan.logFile) ? statSync(plan.logFile).size : 0;
  const child = spawnDetached(plan);
  if (child.pid !== undefined) observer.spawned(child.pid);
  const state = { asked: false, exit: undefined as string | undefined };
  const gone = new Promise<void>((resolve) => {
    const ended = (how: string) => {
      state.exit = how;
      resolve();
    };
    child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    child.once('error', (error) => ended(error.message));
  });
  const end = async (signal: NodeJS.Signals) => {
    state.asked = true;
    if (state.exit === undefined) child.kill(signal);
    await within(plan.stopWithinMs, gone, () => child.kill('SIGKILL'));
    await gone;
  };
  try {
    await untilReady(plan, observer, () => state.exit);
  } catch (error) {
    await end('SIGKILL');
    throw new Error(`${(error as Error).message}${lastLines(plan.logFile, logStart)}`);
  }
  void gone.then(() => state.asked || observer.endedUnexpectedly(state.exit ?? 'unknown'));
  return { pid: child.pid as number, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** Throws one clear sentence when something already listens on the port of 127.0.0.1. */
export async function requireFreePort(port: number, use: string, advice: string): Promise<void> {
  const taken = await new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(true));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      probe.close(() => resolve(false)),
    );
  });
  if (taken) throw new Error(`Port ${port} of 127.0.0.1, wanted for ${use}, is in use. ${advice}`);
}

function spawnDetached(plan: Launch): ChildProcess {
  const log = openSync(plan.logFile, 'a');
  const [command, args] = boundToParent(plan);
  try {
    return spawn(command, args, {
      detached: true,
      stdio: plan.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      ...(plan.cwd === undefined ? {} : { cwd: plan.cwd }),
      env: plan.env ?? process.env,
    });
  } finally {
    closeSync(log);
  }
}

/** On Linux the kernel sends SIGTERM to the server when this process is killed and cannot. */
function boundToParent(plan: Launch): [string, string[]] {
  const setpriv = '/usr/bin/setpriv';
  if (!existsSync(setpriv)) return [plan.command, [...plan.args]];
  return [setpriv, ['--pdeathsig', 'TERM', '--', plan.command, ...plan.args]];
}

async function untilReady(
  plan: Launch,
  observer: LaunchObserver,
  exit: () => string | undefined,
): Promise<void> {
  const begun = Date.now();
  const deadline = begun + plan.readyWithinMs;
  for (let sayAt = begun + sayEveryMs; ; ) {
    if (await plan.ready().catch(() => false)) return;
    const how = exit();
    if (how !== undefined) throw new Error(`${plan.name} ended while starting (${how}).`);
    if (Date.now() > deadline) {
      throw new Error(`${plan.name} was not ready within ${plan.readyWithinMs / 1000} s.`);
    }
    if (Date.now() >= sayAt) {
      observer.stillStarting?.(Math.round((Date.now() - begun) / 1000));
      sayAt += sayEveryMs;
    }
    await sleep(pollMs);
  }
}

function lastLines(logFile: string, from: number): string {
  const text = readFileSync(logFile).subarray(from).toString('utf8');
  const lines = text.trimEnd().split('\n').slice(-12);
  const quoted = text === '' ? ['  (nothing)'] : lines.map((line) => `  ${line.slice(0, 240)}`);
  return ` Its log ${logFile} ends with:\n${quoted.join('\n')}`;
}
