import type { Crawler } from './crawlers';
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

/** What happened within this time goes out together. */
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
    yield* outbox.due(happening.at);
    outbox.add(happening);
  }
  yield* outbox.due(Number.POSITIVE_INFINITY);
}

/** A request that still takes messages in. */
interface Draft extends Delivery {
  readonly messages: TrueMessage[];
  /** Whose it is; null for a copy, which nobody adds to. */
  readonly sender: string | null;
}

class Outbox {
  private readonly waiting = new TimeQueue<Draft>();
  private readonly open = new Map<string, Draft>();

  constructor(private readonly draw: Draw) {}

  /** What is due up to then. */
  *due(latest: number): Generator<Delivery> {
    for (let next = this.waiting.take(latest); next; next = this.waiting.take(latest)) {
      const { sender, ...delivery } = next.thing;
      if (sender !== null) {
        if (this.open.get(sender) === next.thing) this.open.delete(sender);
        if (this.draw.chance(lostAnswers)) this.sendAgain(delivery);
      }
      yield delivery;
    }
  }

  add({ at, visitor, messages }: Happening): void {
    const isShared = messages.every(({ is }) => is === 'human');
    const sender = isShared ? 'shop' : visitor.anonymousId;
    const draft = this.open.get(sender) ?? this.begin(sender, visitor, at + flushMs);
    draft.messages.push(...messages);
    if (draft.messages.length >= mostMessages) this.open.delete(sender);
  }

  private begin(sender: string, { clockErrorMs, crawler }: Visitor, at: number): Draft {
    const headers = headersOf(crawler);
    const draft = { at, messages: [], clockErrorMs, headers, sender };
    this.open.set(sender, draft);
    this.waiting.add(at, draft);
    return draft;
  }

  private sendAgain(delivery: Delivery): void {
    const at = Math.round(delivery.at + this.draw.between(retryMs.least, retryMs.most));
    const messages = delivery.messages.map((one) => ({ ...one, is: 'duplicate' as const }));
    this.waiting.add(at, { ...delivery, at, messages, sender: null });
  }
}

function headersOf(crawler: Crawler | null): Readonly<Record<string, string>> {
  const agent = crawler?.agent ?? null;
  return agent === null ? {} : { origin: shopUrl, 'user-agent': agent };
}
