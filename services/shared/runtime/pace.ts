import type { Admin } from 'kafkajs';
import type { Log } from './log';
import type { Metrics } from './metrics';

export interface PacerOptions {
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

/** Measures a group's lag on a topic and says when to wait for it. */
export function createPacer(options: PacerOptions): Pacer {
  throw new Error(`being written ${options.group}`);
}
