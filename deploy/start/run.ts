import { writeFileSync } from 'node:fs';
import { renderSummary } from '../summary/render';
import { summarize } from '../summary/summary';
import { measureReplay } from './measured-replay';
import type { StartFlags } from './options';
import { type Stack, startStack } from './stack';
import { welcome } from './welcome';

export interface Surroundings {
  /** Data, logs and process ids live below it. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** Brings everything up, replays and sums up where asked to, and serves until it is interrupted.
 *  Whatever happens, what was started is stopped before this settles. False where it was interrupted
 *  before the summary that was asked for. */
export async function runStart(flags: StartFlags, around: Surroundings): Promise<boolean> {
  const { folder, env, say, interrupted } = around;
  const stack = await startStack({ folder, env, say, fresh: flags.fresh });
  try {
    const isDone = flags.replay === undefined || (await replayAndSumUp(stack, flags, around));
    if (!flags.exit && !interrupted.aborted) {
      for (const line of welcome(stack, flags.writeKey)) say(line);
      await aborted(interrupted);
    }
    return isDone;
  } finally {
    say('stopping');
    await stack.stop();
    say('stopped');
  }
}

async function replayAndSumUp(
  stack: Stack,
  flags: StartFlags,
  { folder, say, interrupted }: Surroundings,
): Promise<boolean> {
  const measured = await measureReplay(stack, { flags, folder, say, interrupted });
  if (measured === null) return false;
  const summary = await summarize({
    insightsUrl: stack.url('insights'),
    interestsUrl: stack.url('interests'),
    tenant: flags.tenant,
    restarts: stack.restarts(),
    ...measured,
  });
  if (flags.summary !== undefined) {
    writeFileSync(flags.summary, `${JSON.stringify(summary, null, 2)}\n`);
  }
  say(renderSummary(summary));
  return true;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // A listener alone does not keep the process alive where all servers are named ones.
    const alive = setInterval(() => {}, 60_000);
    const done = () => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
