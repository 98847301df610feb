import { seededRandom } from '../../../deploy/replay/random';
import { type Message, shopVisits } from './shop-visits';

const longAgoMs = 5 * 365 * 86_400_000;
/** What the message ids of that time begin with. */
export const longAgoMark = 'old-';

/** Lines of a shop, and spread evenly among them a sixth as many visits of the same people five years
 *  before, with order ids that come again today. */
export function withLongAgo(
  lines: readonly string[],
  people: number,
  seed: number,
): readonly string[] {
  const random = seededRandom(seed + 1);
  const old = shopVisits({ people: Math.ceil(people / 6), days: 3, random });
  return mixed(
    lines,
    old.map((message) => JSON.stringify(before(message))),
  );
}

function before(message: Message): Message {
  const context = (message.context ?? {}) as { readonly sessionId?: unknown };
  // A session with an id is one session, however long: it must be another one.
  const own = context.sessionId === undefined ? {} : { sessionId: `old-${context.sessionId}` };
  return {
    ...message,
    messageId: `${longAgoMark}${message.messageId}`,
    context: { ...context, ...own },
    timestamp: new Date(Date.parse(String(message.timestamp)) - longAgoMs).toISOString(),
  };
}

/** The second list spread evenly over the first. */
function mixed(some: readonly string[], others: readonly string[]): readonly string[] {
  return some.flatMap((line, nth) => {
    const from = Math.floor((nth * others.length) / some.length);
    const to = Math.floor(((nth + 1) * others.length) / some.length);
    return [line, ...others.slice(from, to)];
  });
}
