import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPost } from '../replay/post';
import { happeningsOf } from './crowd';
import { deliveriesOf } from './deliveries';
import { type LabelFile, labelsOf } from './labels';
import type { TrafficPlan } from './plan';
import { type SentCounts, TrafficSender } from './sender';

export interface TrafficOptions {
  readonly plan: TrafficPlan;
  /** Address of the collector, without a path. */
  readonly collectorUrl: string;
  readonly writeKey: string;
  /** Null: until it is stopped. */
  readonly forMs: number | null;
  readonly labels: LabelFile | null;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface TrafficReport extends SentCounts {
  readonly seconds: number;
}

const requestsInFlight = 32;
const backOff = { baseMs: 200, maxMs: 5_000 };
const giveUpAfterMs = 10 * 60_000;
const reportEveryMs = 10_000;

/** Sends what the plan says, each request when it is due, until the time is over or it is stopped.
 *  Rejects where the collector refuses for good, for example an unknown write key. */
export async function runTraffic(options: TrafficOptions): Promise<TrafficReport> {
  const { plan, forMs, labels, say, signal } = options;
  const over = ending(signal, forMs);
  const sender = senderFor(options, over.signal);
  const reporting = setInterval(() => {
    labels?.flush();
    say(progress(sender.counts, Date.now() - plan.startAt));
  }, reportEveryMs);
  try {
    for (const delivery of deliveriesOf(happeningsOf(plan), plan.seed)) {
      if (!(await isDue(delivery.at, over.signal))) break;
      // After a long sleep of the machine what nobody could send is skipped, not caught up on.
      if (Date.now() - delivery.at > giveUpAfterMs)
        sender.counts.givenUp += delivery.messages.length;
      else await sender.send(delivery);
    }
    await sender.settled();
  } finally {
    over.forget();
    clearInterval(reporting);
    labels?.close();
  }
  return { ...sender.counts, seconds: (Date.now() - plan.startAt) / 1000 };
}

/** Aborts with the signal, or when the time is over. Put together by hand: of AbortSignal.any and
 *  AbortSignal.timeout the garbage collector takes the timer away (seen with Node 20.20). */
function ending(signal: AbortSignal, forMs: number | null) {
  const over = new AbortController();
  setMaxListeners(requestsInFlight + 10, over.signal);
  const end = () => over.abort();
  const timer = forMs === null ? undefined : setTimeout(end, forMs);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const forget = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  };
  return { signal: over.signal, forget };
}

function senderFor(
  { collectorUrl, writeKey, labels, say }: TrafficOptions,
  over: AbortSignal,
): TrafficSender {
  const post = createPost({
    url: `${collectorUrl}/v1/batch`,
    writeKey,
    timeoutMs: 10_000,
    maxSockets: requestsInFlight,
  });
  return new TrafficSender({
    post,
    now: Date.now,
    inFlight: requestsInFlight,
    backOff,
    giveUpAfterMs,
    over,
    acknowledged: (delivery, attempts) => labels?.write(labelsOf(delivery, attempts)),
    say,
  });
}

/** False where it was stopped instead. */
async function isDue(at: number, signal: AbortSignal): Promise<boolean> {
  const early = at - Date.now();
  if (early > 0) await sleep(early, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}

function progress({ accepted, sentAgain, givenUp }: SentCounts, elapsedMs: number): string {
  const rate = Math.round(accepted / Math.max(0.001, elapsedMs / 1000));
  const again = sentAgain === 0 ? '' : `, ${sentAgain.toLocaleString('en')} sent again`;
  const lost = givenUp === 0 ? '' : `, ${givenUp.toLocaleString('en')} given up`;
  return `traffic: ${accepted.toLocaleString('en')} events (${rate}/s)${again}${lost}`;
}
