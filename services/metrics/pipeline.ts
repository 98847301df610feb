import { type WindowTable, windowTableNames } from '../shared/domain/window';
import { messageOf } from '../shared/runtime/errors';
import { type Check, well } from '../shared/runtime/health';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';
import type { StuckWindows } from './aside';
import { createIntake, type Intake, type IntakeOptions, type RowBatch } from './intake';
import { hasRested, type Pace } from './pace';
import { createProgress } from './progress';
import { createSchedule, type Schedule, type ScheduleOptions, type Task } from './schedule';
import type { BatchEnd } from './stage';
import { createWindowKeeper, type WindowKeeper, type Windows } from './window-keeper';
import { createWriter, type Writer, type WriterDeps } from './writer';

export interface PipelineDeps<Rows extends RowBatch>
  extends Pick<WriterDeps<Rows>, 'deadLetters' | 'codec' | 'timed'>,
    Pick<ScheduleOptions, 'clock' | 'onFatal'> {
  readonly events: WriterDeps<Rows>['events'] & { begin(): Rows };
  readonly windows: Windows;
  readonly stuck: StuckWindows;
  /** The batch, and all before it in its partition, may be committed. */
  readonly mark: (end: BatchEnd) => void;
  readonly settings: PipelineSettings;
  readonly metrics: Pick<Metrics, 'count' | 'set' | 'observe'>;
  readonly log: Pick<Log, 'error' | 'warn' | 'info'>;
}

export interface PipelineSettings extends Omit<IntakeOptions<RowBatch>, 'begin' | 'clock'> {
  readonly paces: Readonly<Record<WindowTable, Pace>>;
  readonly maxWindows: number;
  readonly lookBackMs: number;
  readonly stuckEveryMs: number;
  readonly noProgressMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
}

export interface Pipeline {
  readonly intake: Pick<Intake<RowBatch>, 'add'>;
  /** Starts what is due; to be called every few milliseconds. */
  tick(): void;
  /** Not live: rows wait, no server is down, and nothing was marked for `noProgressMs`. */
  live(): Check;
  /** Writes, recomputes and marks all that was taken in, as far as it can until the signal; the rest
   *  stays uncommitted. Nothing is started afterwards. */
  drain(until: AbortSignal): Promise<void>;
}

/** From rows to committed offsets: insert, find the touched windows, recompute them, mark. These go at
 *  different speeds: inserts every second or so, minutes as often as they can be computed, hours now
 *  and then. */
export function createPipeline<Rows extends RowBatch>(deps: PipelineDeps<Rows>): Pipeline {
  const { settings, clock } = deps;
  const intake = createIntake({ ...settings, begin: deps.events.begin, clock });
  let movedAt = clock.now();
  const progress = createProgress((end) => {
    movedAt = clock.now();
    deps.mark(end);
  });
  const keepers = windowTableNames.map((table) =>
    createWindowKeeper({ ...deps, ...settings, table, progress }),
  );
  const writer = createWriter({
    ...deps,
    intake,
    progress,
    onWritten: (facts, insert) => {
      for (const keeper of keepers) keeper.note(facts, insert);
    },
  });
  const isIdle = () => intake.isIdle() && writer.isDone();
  const tasks = [
    writing(writer, intake),
    ...keepers.map((keeper) => keeping(keeper, isIdle, deps)),
  ];
  const schedule = createSchedule({ ...deps, ...settings, tasks });
  return {
    intake,
    live() {
      const stillMs = clock.now() - movedAt;
      if (stillMs <= settings.noProgressMs) return well;
      return { ok: false, why: `nothing was marked for ${Math.round(stillMs / 1000)} s` };
    },
    tick() {
      const isDone = writer.isDone() && progress.isDone();
      if (isDone || schedule.isFailing()) movedAt = clock.now();
      schedule.tick();
    },
    drain: (until) => drain({ schedule, writer, keepers, log: deps.log }, until),
  };
}

function writing(writer: Writer, intake: Pick<Intake<RowBatch>, 'block'>): Task {
  return {
    name: 'insert',
    isDue: () => writer.isDue(),
    run: writer.write,
    onBlocked: intake.block,
  };
}

/** Runs a keeper at its pace and looks after what is set aside, one after the other. */
function keeping(
  keeper: WindowKeeper,
  isIdle: () => boolean,
  { settings: { paces, stuckEveryMs }, clock }: Pick<PipelineDeps<RowBatch>, 'settings' | 'clock'>,
): Task {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let last = { endedAt: Number.NEGATIVE_INFINITY, tookMs: 0 };
  const shouldLook = () => clock.now() - lookedAt >= stuckEveryMs;
  const shouldRun = () =>
    keeper.isBehind() &&
    hasRested(paces[keeper.table], {
      tookMs: last.tookMs,
      elapsedMs: clock.now() - last.endedAt,
      facts: keeper.waiting(),
      idle: isIdle(),
    });
  return {
    name: keeper.table,
    isDue: () => shouldLook() || shouldRun(),
    async run() {
      if (shouldLook()) {
        await keeper.retryStuck();
        lookedAt = clock.now();
      }
      if (!shouldRun()) return;
      const startedAt = clock.now();
      await keeper.run();
      last = { endedAt: clock.now(), tookMs: clock.now() - startedAt };
    },
  };
}

interface Drained {
  readonly schedule: Schedule;
  readonly writer: Writer;
  readonly keepers: readonly WindowKeeper[];
  readonly log: Pick<Log, 'warn'>;
}

async function drain(
  { schedule, writer, keepers, log }: Drained,
  until: AbortSignal,
): Promise<void> {
  const finish = async () => {
    await schedule.stop();
    while (!writer.isDone()) await writer.write();
    for (const keeper of keepers) if (keeper.isBehind()) await keeper.run();
  };
  const late = new Promise((_, reject) => {
    until.addEventListener('abort', () => reject(new Error('not done in time')), { once: true });
  });
  try {
    await Promise.race([finish(), late]);
  } catch (error) {
    log.warn({ why: messageOf(error) }, 'what was taken in is left to the next start');
  }
}
