import type { Happening, TrueMessage } from './crowd';
import { type Draw, drawOf } from './draw';
import { shopUrl } from './shop';
import { TimeQueue } from './time-queue';
import type { Visitor } from './visitors';

/** One request to the collector. */
export interface Delivery {
  /** When it is due, milliseconds UTC. */
  readonly at: number;
  readonly messages: readonly TrueMessage[];
  /** Of the device that stamps `sentAt`. */
  readonly clockErrorMs: number;
  /** What a browser adds to the request; empty for other clients. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The shop's own server passes on what browsers and apps send it, as often as this. */
const flushMs = 100;
const mostMessages = 100;
/** Share of the requests whose answer is lost on the way: the client sends the same messages again,
 *  and has no way to know that they were there. */
const lostAnswers = 0.02;
const retryMs = { least: 500, most: 5_000 };

/** Requests in order of time. Devices with a right clock and network share the shop's server; a phone
 *  whose clock is wrong sends by itself, since one `sentAt` stands for a whole request, as does one
 *  that was offline; crawlers post like the browsers they pretend to be. */
export function* deliveriesOf(happenings: Iterable<Happening>, seed: number): Generator<Delivery> {
  const outbox = new Outbox(drawOf(seed, -2));
  for (const happening of happenings) {
    outbox.flush(happening.at);
    yield* outbox.due(happening.at);
    outbox.add(happening);
  }
  outbox.flush(Number.POSITIVE_INFINITY);
  yield* outbox.due(Number.POSITIVE_INFINITY);
}

class Outbox {
  private readonly waiting = new TimeQueue<Delivery>();
  private shared: TrueMessage[] = [];
  private flushAt = 0;

  constructor(private readonly draw: Draw) {}

  /** What is due up to then. */
  *due(latest: number): Generator<Delivery> {
    for (let next = this.waiting.take(latest); next; next = this.waiting.take(latest)) {
      yield next.thing;
    }
  }

  add({ at, visitor, messages }: Happening): void {
    if (messages.some(({ is }) => is !== 'human')) {
      const { clockErrorMs } = visitor;
      this.post({ at, messages, clockErrorMs, headers: headersOf(visitor) });
      return;
    }
    if (this.shared.length === 0) this.flushAt = at + flushMs;
    this.shared.push(...messages);
    if (this.shared.length >= mostMessages) this.flushShared(at);
  }

  flush(now: number): void {
    if (this.shared.length > 0 && this.flushAt <= now) this.flushShared(this.flushAt);
  }

  private flushShared(at: number): void {
    this.post({ at, messages: this.shared, clockErrorMs: 0, headers: {} });
    this.shared = [];
  }

  private post(delivery: Delivery): void {
    this.waiting.add(delivery.at, delivery);
    if (!this.draw.chance(lostAnswers)) return;
    const at = Math.round(delivery.at + this.draw.between(retryMs.least, retryMs.most));
    const messages = delivery.messages.map((one) => ({ ...one, is: 'duplicate' as const }));
    this.waiting.add(at, { ...delivery, at, messages });
  }
}

function headersOf({ crawler }: Visitor): Readonly<Record<string, string>> {
  const agent = crawler?.agent ?? null;
  return agent === null ? {} : { origin: shopUrl, 'user-agent': agent };
}
