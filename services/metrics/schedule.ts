import type { Clock } from '../shared/runtime/clock';
import { messageOf, TransientError } from '../shared/runtime/errors';
import type { Log } from '../shared/runtime/log';
import { backoffMs } from '../shared/runtime/retry';

/** Something that is done now and then, never twice at a time. */
export interface Task {
  readonly name: string;
  isDue(history: TaskHistory): boolean;
  run(): Promise<void>;
  /** Told when a run failed for a reason that passes, and when one succeeded after that (null). */
  onBlocked?(reason: TransientError | null): void;
}

/** How the last run went. */
export interface TaskHistory {
  readonly now: number;
  /** When it ended; -Infinity before the first. */
  readonly endedAt: number;
  readonly tookMs: number;
}

export interface ScheduleOptions {
  readonly tasks: readonly Task[];
  readonly clock: Clock;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** A task failed with anything but a TransientError. */
  readonly onFatal: (error: Error) => void;
  readonly log: Pick<Log, 'warn' | 'info'>;
}

export interface Schedule {
  /** Starts what is due. Call every few milliseconds. */
  tick(): void;
  /** The last run of some task failed for a reason that passes. */
  isFailing(): boolean;
  /** Starts nothing more; resolves when nothing is running. */
  stop(): Promise<void>;
}

interface TaskState {
  readonly task: Task;
  running: Promise<void> | null;
  endedAt: number;
  tookMs: number;
  failures: number;
  notBefore: number;
}

/** Runs each task when it is due. What fails for a reason that passes is tried again, ever less
 *  often; anything else is fatal. */
export function createSchedule(options: ScheduleOptions): Schedule {
  const { clock, log } = options;
  const states = options.tasks.map((task) => initialState(task));
  let stopped = false;

  async function run(state: TaskState): Promise<void> {
    const { task } = state;
    const startedAt = clock.now();
    try {
      await task.run();
      if (state.failures > 0) {
        log.info({ task: task.name, tries: state.failures }, 'goes on');
        task.onBlocked?.(null);
      }
      state.failures = 0;
    } catch (error) {
      if (!(error instanceof TransientError)) {
        stopped = true;
        options.onFatal(error instanceof Error ? error : new Error(messageOf(error)));
        return;
      }
      state.failures += 1;
      if (state.failures === 1) log.warn({ task: task.name, why: error.message }, 'will try again');
      state.notBefore =
        clock.now() +
        backoffMs(state.failures, { baseMs: options.retryBaseMs, maxMs: options.retryMaxMs });
      task.onBlocked?.(error);
    } finally {
      state.endedAt = clock.now();
      state.tookMs = state.endedAt - startedAt;
      state.running = null;
    }
  }

  return {
    tick() {
      const now = clock.now();
      for (const state of states) {
        if (stopped || state.running !== null || now < state.notBefore) continue;
        if (state.failures > 0 || state.task.isDue({ ...state, now })) state.running = run(state);
      }
    },
    isFailing: () => states.some(({ failures }) => failures > 0),
    async stop() {
      stopped = true;
      await Promise.all(states.map(({ running }) => running));
    },
  };
}

function initialState(task: Task): TaskState {
  const never = Number.NEGATIVE_INFINITY;
  return { task, running: null, endedAt: never, tookMs: 0, failures: 0, notBefore: never };
}
