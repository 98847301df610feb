import type { Admin } from 'kafkajs';
import { messageOf } from './errors';
import { groupLag } from './group-offsets';
import type { Log } from './log';
import type { Metrics } from './metrics';

export interface PacerOptions {
  /** Of its own: connected here and put away by `stop`. */
  readonly admin: Admin;
  /** The group whose lag is measured, and the topic it reads. */
  readonly group: string;
  readonly topic: string;
  /** Pauses above this lag; resumes at half of it. */
  readonly maxLag: number;
  readonly everyMs: number;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly log: Log;
  readonly metrics?: Metrics;
}

export interface Pacer {
  stop(): Promise<void>;
}

/** Measures a group's lag on a topic and says when to wait for it. While the lag cannot be measured
 *  what was said last stays. */
export function createPacer(options: PacerOptions): Pacer {
  const { admin, maxLag, everyMs, log, metrics } = options;
  let paused = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let measuring: Promise<void> = Promise.resolve();

  function decide(lag: number): void {
    metrics?.set('tributary_clean_lag_records', {}, lag);
    if (!paused && lag > maxLag) {
      paused = true;
      options.onPause();
    } else if (paused && lag <= maxLag / 2) {
      paused = false;
      options.onResume();
    }
    metrics?.set('tributary_import_paused', {}, paused ? 1 : 0);
  }

  async function measure(): Promise<void> {
    try {
      await admin.connect();
      const lag = await groupLag(admin, options.group, [options.topic]);
      if (!stopped) decide(lag);
    } catch (error) {
      log.warn({ group: options.group, why: messageOf(error) }, 'the lag cannot be measured');
    }
    if (!stopped) timer = setTimeout(tick, everyMs);
  }

  function tick(): void {
    measuring = measure();
  }

  tick();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await measuring;
      await admin.disconnect();
    },
  };
}
