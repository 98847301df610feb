import { setTimeout as sleep } from 'node:timers/promises';
import type { Post } from '../replay/post';
import { described, isPassing } from '../replay/sender';
import type { Delivery } from './deliveries';

export interface SenderOptions {
  readonly post: Post;
  readonly now: () => number;
  /** Requests under way at once; each visitor's device is on its own. */
  readonly inFlight: number;
  /** First and longest pause between attempts. */
  readonly backOff: { readonly baseMs: number; readonly maxMs: number };
  /** How long after it was due a request is tried: an SDK's queue is bounded too. */
  readonly giveUpAfterMs: number;
  /** Ends waiting and trying again; what is on its way is still answered. */
  readonly over: AbortSignal;
  /** Told of every acknowledged request and how often it was sent. */
  readonly acknowledged: (delivery: Delivery, attempts: number) => void;
  /** Told about an outage and its end. */
  readonly say: (line: string) => void;
}

export interface SentCounts {
  /** Messages the collector acknowledged. */
  accepted: number;
  /** Messages in requests that were sent once more, since the collector was away or busy. */
  sentAgain: number;
  /** Messages that were never acknowledged in time. */
  givenUp: number;
}

/** Sends requests as SDKs do: after 429, 5xx or no answer the same messages again, a little later
 *  each time and with the `sentAt` of then; after any other refusal it fails for good. */
export class TrafficSender {
  readonly counts: SentCounts = { accepted: 0, sentAgain: 0, givenUp: 0 };
  private readonly underWay = new Set<Promise<void>>();
  private failure: Error | null = null;
  private outageSince: number | null = null;

  constructor(private readonly options: SenderOptions) {}

  /** Resolves once the request is on its way, which waits while many others are. Throws the lasting
   *  failure of an earlier one. */
  async send(delivery: Delivery): Promise<void> {
    while (this.underWay.size >= this.options.inFlight) await Promise.race(this.underWay);
    if (this.failure !== null) throw this.failure;
    const sending = this.deliver(delivery)
      .catch((error: Error) => {
        this.failure ??= error;
      })
      .finally(() => this.underWay.delete(sending));
    this.underWay.add(sending);
  }

  /** Resolves when the last answer is there. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
    if (this.failure !== null) throw this.failure;
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { post, now, giveUpAfterMs } = this.options;
    const { messages, headers } = delivery;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await post(bodyOf(delivery, now()), headers);
      if (answer.status === 200) return this.accepted(delivery, attempt);
      if (!isPassing(answer)) {
        throw new Error(`the collector refused traffic: HTTP ${answer.status} ${answer.text}`);
      }
      this.noteOutage(described(answer));
      await this.pause(attempt, answer.retryAfterMs ?? 0);
      if (this.options.over.aborted || now() - delivery.at > giveUpAfterMs) {
        this.counts.givenUp += messages.length;
        return;
      }
      this.counts.sentAgain += messages.length;
    }
  }

  private accepted(delivery: Delivery, attempts: number): void {
    const { acknowledged, say, now } = this.options;
    this.counts.accepted += delivery.messages.length;
    acknowledged(delivery, attempts);
    if (this.outageSince === null) return;
    const seconds = ((now() - this.outageSince) / 1000).toFixed(1);
    this.outageSince = null;
    say(`the collector takes traffic again after ${seconds} s`);
  }

  private noteOutage(how: string): void {
    if (this.outageSince !== null) return;
    this.outageSince = this.options.now();
    this.options.say(`the collector ${how}; the same messages are sent again until it takes them`);
  }

  private async pause(attempt: number, askedMs: number): Promise<void> {
    const { backOff, over } = this.options;
    const { baseMs, maxMs } = backOff;
    const grown = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 20));
    const ms = Math.max(askedMs, grown * (0.5 + Math.random() / 2));
    await sleep(ms, undefined, { signal: over }).catch(() => {});
  }
}

/** `sentAt` is the device's clock at this attempt. */
function bodyOf({ messages, clockErrorMs }: Delivery, now: number): Buffer {
  const batch = messages.map(({ message }) => message);
  return Buffer.from(JSON.stringify({ batch, sentAt: new Date(now + clockErrorMs).toISOString() }));
}
