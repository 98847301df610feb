import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, type RunningServer, requireFreePort } from '../local/process';
import {
  neighboursOf,
  nodeOptionsOf,
  portOf,
  type ServiceName,
  type ServicePlan,
} from './service-plans';

export interface ServiceOptions {
  /** Environment of the service: addresses of the servers, settings, ports. */
  readonly env: NodeJS.ProcessEnv;
  /** Logs go to `logs`, process ids to `run` below this folder. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Told the process id of every start. */
  readonly started: (name: ServiceName, pid: number) => void;
}

export interface RunningService {
  readonly name: ServiceName;
  readonly url: string;
  /** Times it ended by itself and was started again. */
  restarts(): number;
  /** SIGTERM, drained; SIGKILL after twelve seconds. Resolves when the process is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a service and resolves when it is ready to serve. From then on it is started again, with a
 * growing pause, whenever it ends: a service ends itself rather than go on after a failure that it
 * cannot repair, and Kafka delivers again what it had not committed.
 */
export async function startService(
  plan: ServicePlan,
  options: ServiceOptions,
): Promise<RunningService> {
  const port = portOf(plan, options.env);
  const advice = `Stop what listens there, or move the service with ${plan.portVariable}.`;
  await requireFreePort(port, plan.name, advice);
  const keeper = new Keeper(plan, port, options);
  await keeper.start();
  return {
    name: plan.name,
    url: `http://127.0.0.1:${port}`,
    restarts: () => keeper.restarts,
    stop: () => keeper.stop(),
  };
}

const pause = { baseMs: 500, maxMs: 15_000, forgivenAfterMs: 60_000 };

class Keeper {
  restarts = 0;
  private running: RunningServer | null = null;
  private starting: Promise<void> = Promise.resolve();
  private failures = 0;
  private startedAt = 0;
  private readonly stopping = new AbortController();

  constructor(
    private readonly plan: ServicePlan,
    private readonly port: number,
    private readonly options: ServiceOptions,
  ) {}

  async start(): Promise<void> {
    const { plan, port } = this;
    const { env, folder, say, started } = this.options;
    const logFile = join(folder, 'logs', `${plan.name}.log`);
    this.startedAt = Date.now();
    this.running = await launch(
      {
        name: plan.name,
        command: process.execPath,
        args: ['--enable-source-maps', plan.program],
        env: {
          ...env,
          ...neighboursOf(plan, env),
          NODE_OPTIONS: nodeOptionsOf(plan, env),
          [plan.portVariable]: String(port),
        },
        logFile,
        ready: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
        readyWithinMs: 60_000,
        stopWithinMs: 12_000,
      },
      {
        spawned: (pid) => {
          this.writePid(pid);
          started(plan.name, pid);
        },
        stillStarting: (seconds) =>
          say(`${plan.name} is still starting (${seconds} s); its log is ${logFile}`),
        endedUnexpectedly: (how) => this.startAgain(`ended (${how})`),
      },
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.starting;
    await this.running?.stop();
    rmSync(this.pidFile(), { force: true });
  }

  private startAgain(why: string): void {
    this.running = null;
    this.starting = this.comeBack(why);
  }

  private async comeBack(why: string): Promise<void> {
    const { name } = this.plan;
    const { say } = this.options;
    for (let reason = why; !this.stopping.signal.aborted; ) {
      const waitMs = this.nextPauseMs();
      say(`${name} ${reason}; it is started again in ${(waitMs / 1000).toFixed(1)} s`);
      await sleep(waitMs, undefined, { signal: this.stopping.signal }).catch(() => {});
      if (this.stopping.signal.aborted) return;
      try {
        await this.start();
        this.restarts += 1;
        return say(`${name} is ready again`);
      } catch (error) {
        reason = `did not start: ${(error as Error).message}`;
      }
    }
  }

  private nextPauseMs(): number {
    if (Date.now() - this.startedAt > pause.forgivenAfterMs) this.failures = 0;
    this.failures += 1;
    return Math.min(pause.maxMs, pause.baseMs * 2 ** (this.failures - 1));
  }

  private pidFile(): string {
    return join(this.options.folder, 'run', `${this.plan.name}.pid`);
  }

  private writePid(pid: number): void {
    mkdirSync(join(this.options.folder, 'run'), { recursive: true });
    writeFileSync(this.pidFile(), `${pid}\n`);
  }
}
