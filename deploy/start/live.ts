import type { RunningServer } from '../local/process';
import { startPanel } from '../panel/panel';
import { defaultFollowed } from '../traffic/plan';
import { startTraffic } from '../traffic/process';
import type { StartFlags } from './options';
import type { Stack } from './stack';
import { links, welcome } from './welcome';

export interface LiveOptions {
  readonly flags: StartFlags;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly output: NodeJS.WriteStream;
  readonly interrupted: AbortSignal;
  /** Told where to say things while the panel is shown, and null when it no longer is. */
  readonly speakThrough: (say: ((line: string) => void) | null) => void;
}

/** Shows the running installation, with visitors in it where the flags want them, until it is
 *  interrupted. The panel is there before the first event and after the last one. */
export async function showLive(stack: Stack, options: LiveOptions): Promise<void> {
  const { flags, folder, env, output, interrupted, speakThrough } = options;
  for (const line of welcome(stack, flags.writeKey)) output.write(`${line}\n`);
  const panel = startPanel({
    urls: stack.urls,
    tenant: flags.tenant,
    followed: defaultFollowed,
    links: links(stack),
    output,
    env,
  });
  speakThrough(panel.say);
  let traffic: RunningServer | null = null;
  try {
    if (hasTraffic(flags)) {
      traffic = await startTraffic({
        flags: {
          collector: stack.urls.collector,
          writeKey: flags.writeKey,
          rate: flags.rate,
          pace: flags.pace,
        },
        folder,
        say: panel.say,
        started: (pid) => stack.meter.watch('traffic', pid),
      });
    }
    await aborted(interrupted);
  } finally {
    await traffic?.stop();
    speakThrough(null);
    await panel.stop();
  }
}

/** Made-up visitors would move the figures of a recorded file: it gets them only where asked for. */
function hasTraffic({ traffic, replay }: StartFlags): boolean {
  return traffic === undefined ? replay === undefined : traffic === 'on';
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
