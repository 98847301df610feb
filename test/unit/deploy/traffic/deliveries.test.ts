import { type Delivery, deliveriesOf } from '../../../../deploy/traffic/deliveries';
import { aPlan, firstSeconds, messagesOf } from './plans';

const happenings = firstSeconds(aPlan({ eventsPerSecond: 300 }), 60);
const deliveries = [...deliveriesOf(happenings, 1)];
const isCopy = ({ messages }: Delivery) => messages[0]?.is === 'duplicate';
const firsts = deliveries.filter((delivery) => !isCopy(delivery));
const copies = deliveries.filter(isCopy);
const idsOf = ({ messages }: Delivery) => messages.map(({ message }) => message.messageId);

test('requests are in order of time, and the same for the same seed', () => {
  const times = deliveries.map(({ at }) => at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect([...deliveriesOf(happenings, 1)]).toEqual(deliveries);
  expect([...deliveriesOf(happenings, 2)]).not.toEqual(deliveries);
});

test('every message is sent once, soon after it happened, its copies aside', () => {
  const sent = firsts.flatMap(idsOf).sort();
  expect(sent).toEqual(
    messagesOf(happenings)
      .map(({ message }) => message.messageId)
      .sort(),
  );
  const wrong = firsts.filter(({ at, messages }) =>
    messages.some(({ is, trueAt }) => is !== 'late' && (at < trueAt || at > trueAt + 100)),
  );
  expect(wrong).toEqual([]);
});

test('a copy is a whole request again, seconds later, the same to the letter', () => {
  expect(copies.length / firsts.length).toBeGreaterThan(0.01);
  expect(copies.length / firsts.length).toBeLessThan(0.03);
  const byIds = new Map(firsts.map((delivery) => [idsOf(delivery).join(), delivery]));
  for (const copy of copies) {
    const first = byIds.get(idsOf(copy).join()) as Delivery;
    expect(copy.messages.map(({ message }) => message)).toEqual(
      first.messages.map(({ message }) => message),
    );
    expect(copy.at - first.at).toBeGreaterThanOrEqual(500);
    expect(copy.at - first.at).toBeLessThanOrEqual(5_000);
    expect([copy.clockErrorMs, copy.headers]).toEqual([first.clockErrorMs, first.headers]);
  }
});

test('people share requests of bounded size; who is special sends alone', () => {
  const sizes = firsts.map(({ messages }) => messages.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(150);
  for (const { messages, clockErrorMs, headers } of firsts) {
    const users = new Set(messages.map(({ message }) => message.anonymousId));
    const kinds = new Set(messages.map(({ is }) => is));
    expect(kinds.size).toBe(1);
    if (!kinds.has('human')) expect(users.size).toBe(1);
    if (clockErrorMs !== 0) expect(kinds.has('human') || kinds.has('bot')).toBe(false);
    if (headers.origin !== undefined) expect([...kinds]).toEqual(['bot']);
  }
});

test('crawlers post as from the page, with the agent they declare', () => {
  const agents = firsts
    .filter(({ messages }) => messages[0]?.is === 'bot')
    .map(({ headers }) => headers['user-agent'] ?? null);
  expect(agents.some((agent) => agent?.includes('Googlebot'))).toBe(true);
  expect(agents.some((agent) => agent?.includes('HeadlessChrome'))).toBe(true);
  expect(agents).toContain(null);
});
