import fc from 'fast-check';
import { aPlan, firstSeconds, messagesOf, startAt } from './plans';

const plans = fc
  .record({
    seed: fc.integer({ min: 0, max: 1e9 }),
    eventsPerSecond: fc.integer({ min: 1, max: 80 }),
    pace: fc.constantFrom(1, 3, 10, 60),
  })
  .map(aPlan);
const busy = firstSeconds(aPlan({ eventsPerSecond: 400 }), 60);

test('the same plan is the same traffic; another seed, or another run, is not', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const once = JSON.stringify(messagesOf(firstSeconds(plan, 5)));
      expect(JSON.stringify(messagesOf(firstSeconds(plan, 5)))).toBe(once);
      const other = messagesOf(firstSeconds({ ...plan, seed: plan.seed + 1 }, 5));
      expect(JSON.stringify(other)).not.toBe(once);
      const ids = new Set(messagesOf(firstSeconds(plan, 5)).map((one) => one.message.messageId));
      const again = messagesOf(firstSeconds({ ...plan, run: 'r2' }, 5));
      expect(again.filter(({ message }) => ids.has(message.messageId))).toEqual([]);
    }),
    { numRuns: 8 },
  );
});

test('time goes forward, ids are used once, clocks are wrong by a fixed amount', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const happenings = firstSeconds(plan, 20);
      const times = happenings.map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const ids = messagesOf(happenings).map(({ message }) => message.messageId);
      expect(new Set(ids).size).toBe(ids.length);
      const wrong = happenings.flatMap(({ at, visitor, messages }) =>
        messages.filter(({ message, is, trueAt }) => {
          const stampedAt = trueAt + visitor.clockErrorMs;
          if (Date.parse(message.timestamp) !== stampedAt) return true;
          return is === 'late' ? trueAt > at - 3_600_000 : trueAt !== at;
        }),
      );
      expect(wrong).toEqual([]);
    }),
    { numRuns: 8 },
  );
});

test.each([
  [50, 10],
  [300, 10],
  [300, 30],
  [20, 3],
])('%i events a second are made, from the first seconds on, at pace %i', (rate, pace) => {
  const plan = aPlan({ eventsPerSecond: rate, pace });
  const times = firstSeconds(plan, 40).flatMap(({ at, messages }) => messages.map(() => at));
  const first = times.filter((at) => at < startAt + 5_000);
  expect(Math.abs(times.length / 40 / rate - 1)).toBeLessThan(0.15);
  expect(Math.abs(first.length / 5 / rate - 1)).toBeLessThan(0.5);
});

test('pace changes how fast people move, not how many events there are', () => {
  const clicks = (pace: number) =>
    firstSeconds(aPlan({ pace }), 60).filter(({ visitor }) => visitor.number === 0).length;
  const ratio = clicks(40) / clicks(10);
  expect(ratio).toBeGreaterThan(3);
  expect(ratio).toBeLessThan(5);
});

test('the shares of machines, wrong clocks and late phones are those of a shop', () => {
  const all = messagesOf(busy);
  const share = (is: string) => all.filter((one) => one.is === is).length / all.length;
  expect(share('bot')).toBeGreaterThan(0.08);
  expect(share('bot')).toBeLessThan(0.2);
  expect(share('skewed')).toBeGreaterThan(0.008);
  expect(share('skewed')).toBeLessThan(0.03);
  expect(share('late')).toBeGreaterThan(0.003);
  expect(share('late')).toBeLessThan(0.02);
  const errors = new Set(busy.map(({ visitor }) => visitor.clockErrorMs / 3_600_000));
  expect([...errors].sort()).toEqual([-2, 0, 3]);
});

test('a phone that was offline delivers one visit in one piece, within the hours asked for', () => {
  const late = busy.filter(({ messages }) => messages[0]?.is === 'late');
  expect(late.length).toBeGreaterThan(10);
  for (const { at, visitor, messages } of late) {
    expect(visitor.device.isPhone).toBe(true);
    const lastHours = (at - (messages.at(-1)?.trueAt ?? 0)) / 3_600_000;
    expect(lastHours).toBeGreaterThanOrEqual(1);
    expect(lastHours).toBeLessThanOrEqual(6);
    const times = messages.map(({ trueAt }) => trueAt);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }
});

test('fewer come further, and some of all come to an order', () => {
  const people = (event: string) =>
    new Set(
      messagesOf(busy)
        .filter(({ message, is }) => is !== 'bot' && message.event === event)
        .map(({ message }) => message.anonymousId),
    ).size;
  const [seen, carted, begun, ordered] = [
    'Product Viewed',
    'Product Added',
    'Checkout Started',
    'Order Completed',
  ].map(people) as [number, number, number, number];
  expect(carted / seen).toBeGreaterThan(0.08);
  expect(carted / seen).toBeLessThan(0.35);
  expect(begun / carted).toBeGreaterThan(0.25);
  expect(begun / carted).toBeLessThan(0.6);
  expect(ordered / begun).toBeGreaterThan(0.4);
  expect(ordered / begun).toBeLessThan(0.85);
});

test('machines see everything and buy nothing', () => {
  const names = messagesOf(busy)
    .filter(({ is }) => is === 'bot')
    .map(({ message }) => message.event ?? message.type);
  expect([...new Set(names)].sort()).toEqual(['Product Viewed', 'page']);
});

test('the followed person never rests, comes again and again, and likes a few things best', () => {
  const plan = aPlan({ followed: 'bea' });
  const own = firstSeconds(plan, 180).filter(({ visitor }) => visitor.anonymousId === 'bea');
  const rests = own.slice(1).map(({ at }, index) => at - (own[index]?.at ?? 0));
  expect(own[0]?.at).toBe(startAt);
  expect(Math.max(...rests)).toBeLessThan(15_000);
  expect(own.length).toBeGreaterThan(100);
  const sessions = messagesOf(own).map(({ message }) => message.context as { sessionId: string });
  expect(new Set(sessions.map(({ sessionId }) => sessionId)).size).toBeGreaterThan(3);
  expect(new Set(own.map(({ messages }) => messages[0]?.is))).toEqual(new Set(['human']));
  const viewed = messagesOf(own)
    .filter(({ message }) => message.event === 'Product Viewed')
    .map(({ message }) => (message.properties as { category: string }).category);
  const counts = [...new Set(viewed)]
    .map((category) => viewed.filter((one) => one === category).length)
    .sort((a, b) => b - a);
  const best = counts.slice(0, 3).reduce((sum, count) => sum + count, 0);
  expect(best / viewed.length).toBeGreaterThan(0.7);
});

test('people come back, and are then known by the same id', () => {
  const visits = new Map<string, Set<unknown>>();
  for (const { message } of messagesOf(firstSeconds(aPlan({ pace: 60 }), 120))) {
    const { sessionId } = message.context as { sessionId?: string };
    if (sessionId === undefined) continue;
    const sessions = visits.get(message.anonymousId) ?? new Set();
    visits.set(message.anonymousId, sessions.add(sessionId));
  }
  const returned = [...visits.values()].filter(({ size }) => size > 1).length;
  expect(returned).toBeGreaterThan(50);
});
