import type { OrderApplication } from '../../../services/shared/domain/order-history';
import { personVersionBase } from '../../../services/shared/domain/outcome';
import { createOrderMemory } from '../../../services/shared/stores/redis/order-memory';
import { createScript } from '../../../services/shared/stores/redis/script';
import { fakeOrderMemory } from '../../support/fakes/order-memory';
import { keysBelow, type TestRedis, testRedis } from '../../support/redis';

const historyTtlMs = 60_000;
const findingTtlMs = 30_000;
let server: TestRedis;
beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.close());

const redisMemory = () => createOrderMemory({ ...server, historyTtlMs, findingTtlMs });
const sourceAt = (offset: number) => ({ topic: 'events.order.v1', partition: 2, offset });

let shops = 0;
const aShop = () => ({ tenant: 'demo', kind: 'shop' as const, id: `shop } ${++shops}` });

function anOrder(part: Partial<OrderApplication> = {}): OrderApplication {
  const subject = part.subject ?? aShop();
  const source = sourceAt(1);
  return { source, currency: 'USD', amountMinor: 5000, decision: null, ...part, subject };
}

describe.each(['fake', 'redis'])('what is remembered of orders (%s)', (kind) => {
  const memory = () => (kind === 'fake' ? fakeOrderMemory() : redisMemory());

  async function historyOf(store: ReturnType<typeof memory>, order: OrderApplication) {
    const { subject, source, currency } = order;
    const question = { tenant: 'demo', source, currency, subjects: [subject] };
    const [known] = await store.read([question]);
    const [history] = known?.histories ?? [];
    return [history?.orders, history?.sumMinor];
  }

  test('orders add up by subject and currency', async () => {
    const store = memory();
    const [one, other] = [anOrder(), anOrder({ amountMinor: -700 })];
    const { subject } = one;
    const more = anOrder({ subject, source: sourceAt(2), amountMinor: 99 });
    const euros = anOrder({ subject, source: sourceAt(3), currency: 'EUR', amountMinor: 7 });
    expect(await historyOf(store, one)).toEqual([0, 0]);
    await store.add([one, more, other, euros]);
    expect(await historyOf(store, one)).toEqual([2, 5099]);
    expect(await historyOf(store, euros)).toEqual([1, 7]);
    expect(await historyOf(store, other)).toEqual([1, -700]);
    const user = { ...subject, kind: 'user' as const };
    expect(await historyOf(store, { ...one, subject: user })).toEqual([0, 0]);
  });

  test('delivered again, in whatever pieces, an order is added once', async () => {
    const store = memory();
    const { subject } = anOrder();
    const orders = Array.from({ length: 30 }, (_, offset) =>
      anOrder({ subject, source: sourceAt(offset), amountMinor: 100 + offset }),
    );
    await store.add(orders.slice(0, 12));
    await store.add(orders.slice(0, 20));
    await store.add(orders.slice(5));
    await store.add(orders);
    const sum = orders.reduce((total, { amountMinor }) => total + amountMinor, 0);
    expect(await historyOf(store, orders[0] as OrderApplication)).toEqual([30, sum]);
    const elsewhere = { topic: 'events.import.v1', partition: 2, offset: 3 };
    await store.add([anOrder({ subject, source: elsewhere, amountMinor: 1 })]);
    expect(await historyOf(store, orders[0] as OrderApplication)).toEqual([31, sum + 1]);
  });

  test.each([
    ['retracted', 1, [[5, 0]], 0],
    [
      'retracted twice',
      1,
      [
        [5, 0],
        [6, 0],
      ],
      0,
    ],
    [
      'retracted and restored',
      1,
      [
        [5, 0],
        [9, 1],
      ],
      1,
    ],
    [
      'retracted by a person, counted by a rule',
      1,
      [
        [personVersionBase + 5, 0],
        [9, 1],
      ],
      0,
    ],
    [
      'delivered in the wrong order',
      1,
      [
        [9, 1],
        [5, 0],
      ],
      1,
    ],
    ['held and released', 0, [[5, 1]], 1],
    [
      'held, released and confirmed',
      0,
      [
        [5, 1],
        [6, 0],
      ],
      0,
    ],
  ] as const)('%s', async (_, first, words, counted) => {
    const store = memory();
    const other = anOrder({ source: sourceAt(9) });
    const order = anOrder({ subject: other.subject, amountMinor: 700 });
    if (first === 1) await store.add([order]);
    await store.add([other]);
    for (const [version, target] of words) {
      const decision = { version, target, first };
      await store.add([{ ...order, decision }]);
      await store.add([{ ...order, decision }]);
    }
    expect(await historyOf(store, order)).toEqual([1 + counted, 5000 + counted * 700]);
  });

  test('a decision that overtakes its original comes to the same', async () => {
    const store = memory();
    const order = anOrder();
    const decision = { version: 3, target: 0 as const, first: 1 as const };
    await store.add([{ ...order, decision }]);
    await store.add([order]);
    expect(await historyOf(store, order)).toEqual([0, 0]);
  });

  test('of what was found on a record the first words stand', async () => {
    const store = memory();
    const finding = { tenant: `${kind}-found`, source: sourceAt(4), evidence: 'first' };
    expect(await store.keep([finding])).toEqual(['first']);
    const other = { ...finding, source: sourceAt(5), evidence: 'of its own' };
    const again = await store.keep([{ ...finding, evidence: 'second' }, other]);
    expect(again).toEqual(['first', 'of its own']);
    const { subject, currency } = anOrder();
    const question = { ...finding, currency, subjects: [subject] };
    const [known, unknown] = await store.read([question, { ...question, source: sourceAt(6) }]);
    expect([known?.found, unknown?.found]).toEqual(['first', null]);
  });
});

test('histories and findings live as long as they were told', async () => {
  const order = anOrder();
  await redisMemory().add([order]);
  const finding = { tenant: 'ttl', source: sourceAt(1), evidence: 'why' };
  await redisMemory().keep([finding]);
  const history = await server.redis.pttl(server.keys.orders(order.subject));
  const found = await server.redis.pttl(server.keys.finding('ttl', 'events.order.v1/2/1'));
  expect(history).toBeGreaterThan(findingTtlMs);
  expect(history).toBeLessThanOrEqual(historyTtlMs);
  expect(found).toBeGreaterThan(0);
  expect(found).toBeLessThanOrEqual(findingTtlMs);
});

test('a key that holds something else is set aside, and nothing is known of it before', async () => {
  const order = anOrder();
  const key = server.keys.orders(order.subject);
  await server.redis.set(key, 'not ours');
  const aside: string[] = [];
  const onSetAside = (one: string) => void aside.push(one);
  const memory = createOrderMemory({ ...server, historyTtlMs, findingTtlMs, onSetAside });
  const { source, currency, subject } = order;
  const read = async () => {
    const [known] = await memory.read([{ tenant: 'demo', source, currency, subjects: [subject] }]);
    return known?.histories[0]?.orders;
  };
  expect(await read()).toBe(0);
  await memory.add([order]);
  expect(await read()).toBe(1);
  expect(aside).toEqual([key]);
});

test('sums of the largest amounts stay finite', async () => {
  const { subject } = anOrder();
  const orders = Array.from({ length: 2500 }, (_, offset) =>
    anOrder({ subject, source: sourceAt(offset), amountMinor: 1e14 }),
  );
  await redisMemory().add(orders);
  const question = { tenant: 'demo', source: sourceAt(0), currency: 'USD', subjects: [subject] };
  const [known] = await redisMemory().read([question]);
  expect(known?.histories[0]).toEqual({ subject, orders: 2500, sumMinor: 2500 * 1e14 });
});

test.each([
  ['no lifetime', 0, [[1, 5, 'USD', 1]]],
  ['a source that is not named', 1000, [[2, 5, 'USD', 1]]],
  ['an offset that is none', 1000, [[1, -5, 'USD', 1]]],
  ['no currency', 1000, [[1, 5, '', 1]]],
  ['half a cent', 1000, [[1, 5, 'USD', 1.5]]],
  ['an amount out of range', 1000, [[1, 5, 'USD', 1e16]]],
  ['a version of zero', 1000, [[1, 5, 'USD', 1, 0, 1, 1]]],
  ['a state that is none', 1000, [[1, 5, 'USD', 1, 3, 2, 1]]],
])('%s is refused before anything is written', async (_, ttlMs, orders) => {
  const script = createScript(server, 'add-orders.lua', { types: ['hash'] });
  const key = server.keys.orders(aShop());
  const good = [1, 4, 'USD', 1];
  const args = [ttlMs, JSON.stringify(['a:0']), JSON.stringify([[good, ...orders]])];
  await expect(script([key], args)).rejects.toThrow('ERR add-orders');
  expect(await keysBelow(server.redis, key)).toEqual([]);
});
