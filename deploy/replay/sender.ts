import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from './batches';
import type { HttpAnswer, Post } from './post';

export interface SenderOptions {
  readonly post: Post;
  /** Requests under way at once. */
  readonly inFlight: number;
  /** Told about an outage and its end. */
  readonly say: (line: string) => void;
  /** First and longest pause between attempts, milliseconds. */
  readonly backOff: { readonly baseMs: number; readonly maxMs: number };
}

export interface SentCounts {
  /** Events the collector acknowledged. */
  accepted: number;
  /** Events in requests that were sent once more; the pipeline recognizes them by message id. */
  sentAgain: number;
  requests: number;
}

/**
 * Sends batches until each is acknowledged. 429, 5xx and a collector that cannot be reached are
 * waited out for as long as they last, with the same messages; any other answer is permanent and
 * fails the sender, because going on would leave a hole.
 */
export class Sender {
  readonly counts: SentCounts = { accepted: 0, sentAgain: 0, requests: 0 };
  private readonly underWay = new Set<Promise<void>>();
  private failure: Error | null = null;
  private outageSince: number | null = null;
  private saidOutageAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: SenderOptions) {}

  /** Resolves once the batch is on its way. Throws the permanent failure of an earlier one. */
  async send(batch: Batch): Promise<void> {
    while (this.underWay.size >= this.options.inFlight) await Promise.race(this.underWay);
    this.throwFailure();
    const delivery = this.deliver(batch)
      .catch((error: Error) => {
        this.failure ??= error;
      })
      .finally(() => this.underWay.delete(delivery));
    this.underWay.add(delivery);
  }

  /** Resolves when everything sent is acknowledged. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }

  private async deliver(batch: Batch): Promise<void> {
    for (let attempt = 0; this.failure === null; attempt += 1) {
      this.counts.requests += 1;
      if (attempt > 0) this.counts.sentAgain += batch.events;
      const answer = await this.options.post(batch.body);
      if (answer.status === 200) return this.acknowledged(batch);
      if (!isPassing(answer)) throw refused(answer);
      this.noteOutage(answer);
      await sleep(this.pauseMs(answer, attempt));
    }
  }

  private acknowledged(batch: Batch): void {
    this.counts.accepted += batch.events;
    if (this.outageSince === null) return;
    const seconds = ((Date.now() - this.outageSince) / 1000).toFixed(1);
    this.outageSince = null;
    this.saidOutageAt = Number.NEGATIVE_INFINITY;
    this.options.say(`the collector accepts events again after ${seconds} s`);
  }

  private noteOutage(answer: HttpAnswer): void {
    this.outageSince ??= Date.now();
    if (Date.now() < this.saidOutageAt + remindEveryMs) return;
    this.saidOutageAt = Date.now();
    this.options.say(
      `the collector ${described(answer)}; the same events are sent again until it takes them`,
    );
  }

  private pauseMs(answer: HttpAnswer, attempt: number): number {
    const { baseMs, maxMs } = this.options.backOff;
    const grown = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 20));
    const spread = grown * (0.5 + Math.random() / 2);
    return Math.max(spread, answer.retryAfterMs ?? 0);
  }
}

const remindEveryMs = 30_000;

/** Whether the same request may be taken later; status 0 stands for no answer at all. */
export function isPassing({ status }: HttpAnswer): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** What the collector did instead of taking a request that it may take later. */
export function described({ status, text }: HttpAnswer): string {
  if (status === 0) return `cannot be reached (${text})`;
  return status === 429 ? 'asks for a pause' : `does not accept events (HTTP ${status})`;
}

function refused({ status, text }: HttpAnswer): Error {
  return new Error(`the collector refused a request for good: HTTP ${status} ${text}`);
}
