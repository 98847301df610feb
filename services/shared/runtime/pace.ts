import type { Admin } from 'kafkajs';
import { messageOf } from './errors';
import { partitionLags } from './group-offsets';
import type { Log } from './log';
import type { Metrics } from './metrics';

export interface PacerOptions {
  /** Of its own: connected here and put away by `stop`. */
  readonly admin: Admin;
  /** The group whose lag is measured, and the topic it reads. */
  readonly group: string;
  readonly topic: string;
  /** Of a partition, on average: pauses above it, resumes at half of it. By partition, because a larger
   *  installation has more of them, and a record waits only for those of its own. */
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

  function decide(lags: readonly number[]): void {
    const lag = lags.reduce((sum, one) => sum + one, 0);
    const most = maxLag * lags.length;
    metrics?.set('tributary_clean_lag_records', {}, lag);
    if (!paused && lag > most) {
      paused = true;
      options.onPause();
    } else if (paused && lag <= most / 2) {
      paused = false;
      options.onResume();
    }
    metrics?.set('tributary_import_paused', {}, paused ? 1 : 0);
  }

  async function measure(): Promise<void> {
    try {
      await admin.connect();
      const lags = await partitionLags(admin, options.group, [options.topic]);
      if (!stopped) decide(lags);
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
