import { writeFileSync } from 'node:fs';
import { renderSummary } from '../summary/render';
import { summarize } from '../summary/summary';
import { showLive } from './live';
import { measureReplay } from './measured-replay';
import type { StartFlags } from './options';
import { type Stack, startStack } from './stack';

export interface Surroundings {
  /** Data, logs and process ids live below it. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where everything is shown. */
  readonly output: NodeJS.WriteStream;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** Brings everything up, replays and sums up where asked to, and serves until it is interrupted.
 *  Whatever happens, what was started is stopped before this settles. False where it was interrupted
 *  before the summary that was asked for. */
export async function runStart(flags: StartFlags, around: Surroundings): Promise<boolean> {
  const { folder, env, output, interrupted } = around;
  const plainly = (line: string) => void output.write(`${line}\n`);
  let speak: (line: string) => void = plainly;
  const say = (line: string) => speak(line);
  const stack = await startStack({ folder, env, say, fresh: flags.fresh });
  try {
    const isDone =
      flags.replay === undefined || (await replayAndSumUp(stack, flags, { ...around, say }));
    if (!flags.exit && !interrupted.aborted) {
      const speakThrough = (through: ((line: string) => void) | null) => {
        speak = through ?? plainly;
      };
      await showLive(stack, { flags, ...around, speakThrough });
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
  { folder, say, interrupted }: Surroundings & { readonly say: (line: string) => void },
): Promise<boolean> {
  const measured = await measureReplay(stack, { flags, folder, say, interrupted });
  if (measured === null) return false;
  const summary = await summarize({
    insightsUrl: stack.urls.insights,
    interestsUrl: stack.urls.interests,
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
