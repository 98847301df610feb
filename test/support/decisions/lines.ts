import { seededRandom } from '../../../deploy/replay/random';
import { aRecordedFile } from '../generated/recorded-file';
import { type Message, shopVisits } from '../generated/shop-visits';

const longAgoMs = 5 * 365 * 86_400_000;

/** Lines of a shop's days, and of the same people five years before; what else a recorded file has is
 *  among them (copies, bots, reused ids, lines that are none). */
export function linesToDecide(people: number, seed: number) {
  const { lines } = aRecordedFile({ people, days: 3, seed });
  const before = shopVisits({
    people: Math.ceil(people / 6),
    days: 3,
    random: seededRandom(seed + 1),
  });
  const old = before.map((message) =>
    JSON.stringify({
      ...message,
      messageId: `old-${message.messageId}`,
      // A session of its own: one with an id is one session, however long, and stored windows look
      // three days around them.
      context: { ...contextOf(message), ...ownSession(message) },
      timestamp: new Date(Date.parse(String(message.timestamp)) - longAgoMs).toISOString(),
    }),
  );
  return mixed(lines, old);
}

/** The second list spread evenly over the first. */
function mixed(some: readonly string[], others: readonly string[]): readonly string[] {
  const all: string[] = [];
  some.forEach((line, nth) => {
    const from = Math.floor((nth * others.length) / some.length);
    const to = Math.floor(((nth + 1) * others.length) / some.length);
    all.push(line, ...others.slice(from, to));
  });
  return all;
}

/** The id of a line's message, where a collector takes it. */
export function idOf(line: string): string | null {
  try {
    const { messageId } = JSON.parse(line) as { messageId?: unknown };
    return typeof messageId === 'string' ? messageId : null;
  } catch {
    return null;
  }
}

function contextOf({ context }: Message): { readonly sessionId?: unknown } {
  return (context ?? {}) as { readonly sessionId?: unknown };
}

function ownSession(message: Message): object {
  const { sessionId } = contextOf(message);
  return sessionId === undefined ? {} : { sessionId: `old-${sessionId}` };
}
