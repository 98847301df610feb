import type { EventRow } from '../../../services/shared/domain/event-row';
import { aChannel, noon } from '../../support/event-builders';
import { rightWindows } from '../../support/window-lines';
import { aRow, decided, fakeWorld, realWorld, type World } from './ledger-worlds';

const minute = 60_000;
const hour = 60 * minute;
const zones = new Map([['tokyo', 'Asia/Tokyo']]);

const email = { channel: aChannel({ group: 'Email', campaign: 'spring' }) };
const search = { channel: aChannel({ group: 'Organic Search' }) };
const own = { channel: aChannel({ group: 'Referral', selfReferral: true }) };
const view = { type: 'product_viewed' } as const;
const cart = { type: 'product_added' } as const;
const page = { type: 'page_viewed' } as const;
const order = (orderId: string | null, revenueMinor = 1000) =>
  ({
    type: 'order_completed',
    currency: 'USD',
    effect: { orderId, revenueMinor, taxMinor: null, shippingMinor: null, coupon: null },
  }) as const;

// A window takes several statements, and the server is shared.
jest.setTimeout(60_000);

describe.each([
  ['the fake', async () => fakeWorld(zones)],
  ['ClickHouse', () => realWorld(zones)],
] as [string, () => Promise<World>][])('windows of %s', (_, begin) => {
  let world: World;
  let written: EventRow[];
  beforeAll(async () => {
    world = await begin();
  });
  beforeEach(async () => {
    await world.clear();
    written = [];
  });
  afterAll(() => world.close());

  /** Writes, and expects every stored window to be what all facts together say. */
  async function write(...rows: readonly EventRow[]): Promise<ReadonlyMap<string, unknown>> {
    written.push(...rows);
    await world.write(rows);
    const right = rightWindows(written, zones);
    expect(await world.windows()).toEqual(right);
    return right;
  }

  const at = (table: string, time: number, line = '') =>
    `${table} demo/${time}${line === '' ? '' : ` ${line}`}`;

  test('an earlier event that arrives late moves the session’s start, and with it its channel', async () => {
    const s = { sessionId: 's' };
    await write(
      aRow(noon + 5 * minute, { ...s, ...search }),
      aRow(noon + 9 * minute, { ...s, ...cart }),
    );
    const right = await write(aRow(noon, { ...s, ...email }));
    expect(right.get(at('channel_1m', noon, 'Email/spring'))).toMatchObject({
      sessions: 1,
      views: 1,
    });
    expect(right.get(at('channel_1m', noon + 9 * minute, 'Email/spring'))).toMatchObject({
      carts: 1,
    });
    expect([...right.keys()].filter((key) => key.includes('Organic'))).toEqual([]);
  });

  test('a self-referral never names the channel, and a session that nothing names is Direct', async () => {
    await write(
      aRow(noon, { sessionId: 'a', ...own }),
      aRow(noon + 1, { sessionId: 'a', ...search }),
    );
    const right = await write(aRow(noon, { sessionId: 'b', ...own, anonymousId: 'bob' }));
    expect(right.get(at('channel_1m', noon, 'Organic Search/'))).toMatchObject({ sessions: 1 });
    expect(right.get(at('channel_1m', noon, 'Direct/'))).toMatchObject({ sessions: 1 });
  });

  test('the copy of a retracted order takes its place, in its own minute and session', async () => {
    const first = aRow(noon, { sessionId: 'a', ...email, ...order('o-1', 500) });
    const copy = aRow(noon + 30 * hour, { sessionId: 'b', ...search, ...order('o-1', 700) });
    const right = await write(first, copy);
    expect(right.get(at('channel_1m', noon + 30 * hour, 'Organic Search/'))).toMatchObject({
      orders: 0,
    });
    const next = await write(decided(first, 'rejected', 8));
    expect(next.get(at('channel_1m', noon + 30 * hour, 'Organic Search/'))).toMatchObject({
      orders: 1,
      revenueMinor: { USD: 700 },
    });
  });

  test('an earlier copy that arrives late takes the order away from the minute that had it', async () => {
    await write(aRow(noon + hour, { sessionId: 'b', ...order('o-1', 700) }));
    const right = await write(aRow(noon, { sessionId: 'a', ...order('o-1', 500) }));
    expect(right.get(at('channel_1m', noon + hour, 'Direct/'))).toMatchObject({ orders: 0 });
  });

  test('orders without an id are one each; refunds and currencies are kept apart', async () => {
    const s = { sessionId: 's' };
    const right = await write(
      aRow(noon, { ...s, ...order('(not set)', 100) }),
      aRow(noon + 1, { ...s, ...order(null, 200) }),
      aRow(noon + 2, { ...s, ...order('o-2', 300), currency: 'EUR' }),
      aRow(noon + 3, { ...s, ...order('o-2', 30), type: 'order_refunded' }),
      aRow(noon + 4, { ...s, ...order('o-3', 400), currency: null }),
    );
    expect(right.get(at('channel_1m', noon, 'Direct/'))).toMatchObject({
      orders: 4,
      revenueMinor: { USD: 300, EUR: 300 },
      refundMinor: { USD: 30 },
    });
  });

  test('a cart at 00:10 changes the hour 23 in which the product was viewed', async () => {
    const midnight = noon + 12 * hour;
    await write(aRow(midnight - 20 * minute, { sessionId: 's', ...view }));
    const right = await write(aRow(midnight + 10 * minute, { sessionId: 's', ...cart }));
    expect(right.get(at('funnel_1h', midnight - hour))).toEqual({
      users: [1, 1, 0, 0],
      sessions: [1, 1, 0, 0],
    });
  });

  test('a step counts up to the conversion window after entering, to the millisecond', async () => {
    await write(
      aRow(noon, { sessionId: 'a', ...view }),
      aRow(noon, { anonymousId: 'bob', ...view }),
    );
    const right = await write(
      aRow(noon + 24 * hour, { sessionId: 'b', ...cart }),
      aRow(noon + 24 * hour + 1, { anonymousId: 'bob', ...cart }),
    );
    expect(right.get(at('funnel_1h', noon))).toEqual({
      users: [2, 1, 0, 0],
      sessions: [2, 0, 0, 0],
    });
  });

  test('steps of one millisecond are in order; of several entries the deepest chain counts', async () => {
    const s = { sessionId: 's' };
    const right = await write(
      aRow(noon, { ...s, ...order('o-1') }),
      aRow(noon, { ...s, type: 'checkout_started' }),
      aRow(noon, { ...s, ...cart }),
      aRow(noon, { ...s, ...view }),
      aRow(noon + 10 * minute, { ...s, ...view }),
    );
    expect(right.get(at('funnel_1h', noon))).toEqual({
      users: [1, 1, 1, 1],
      sessions: [1, 1, 1, 1],
    });
  });

  test('without a session id an event in between joins two sessions, and its retraction parts them', async () => {
    const bridge = aRow(noon + 29 * minute, page);
    await write(
      aRow(noon, { ...view, ...email }),
      aRow(noon + 58 * minute, { ...cart, ...search }),
    );
    const joined = await write(bridge);
    expect(joined.get(at('channel_1m', noon + 58 * minute, 'Email/spring'))).toMatchObject({
      sessions: 0,
      carts: 1,
    });
    expect(joined.get(at('funnel_1h', noon))).toMatchObject({ sessions: [1, 1, 0, 0] });
    const parted = await write(decided(bridge, 'held', 3));
    expect(parted.get(at('channel_1m', noon + 58 * minute, 'Organic Search/'))).toMatchObject({
      sessions: 1,
    });
    expect(parted.get(at('funnel_1h', noon))).toMatchObject({ sessions: [1, 0, 0, 0] });
  });

  test('without a session id the tenant’s midnight ends a session, and the silence must be whole', async () => {
    const tokyo = { tenant: 'tokyo' };
    const midnight = Date.UTC(2026, 0, 15, 15);
    const right = await write(
      aRow(midnight - minute, { ...tokyo, ...email }),
      aRow(midnight, tokyo),
      aRow(midnight + 30 * minute - 1, tokyo),
      aRow(midnight + 60 * minute - 1, tokyo),
    );
    const sessions = [...right].filter(([key]) => key.startsWith('channel_1m tokyo'));
    expect(sessions.map(([, line]) => (line as { sessions: number }).sessions)).toEqual([
      1, 1, 0, 1,
    ]);
  });

  test('a retraction empties its window, and a late replay of the original does not bring it back', async () => {
    const row = aRow(noon, { sessionId: 's', ...view });
    await write(row);
    await write(decided(row, 'rejected', 2 ** 52 + 7));
    expect([...(await world.empties())].sort()).toEqual([
      at('channel_1m', noon),
      at('funnel_1h', noon),
    ]);
    await write(row);
    expect((await world.windows()).size).toBe(0);
    await write(decided(row, 'counted', 2 ** 52 + 9));
    expect((await world.windows()).size).toBe(2);
  });

  test('rows that are written twice change nothing', async () => {
    const rows = [0, 1, 2, 3].map((n) => aRow(noon + n * minute, { sessionId: 's', ...view }));
    await write(...rows);
    await write(...rows, ...rows.slice(1));
  });

  test('what a process wrote and did not recompute is made good when it is delivered again', async () => {
    const s = { sessionId: 's' };
    await write(aRow(noon + minute, { ...s, ...search }));
    const late = aRow(noon, { ...s, ...email });
    written.push(late);
    await world.writeOnly([late]);
    await write(late);
  });

  test('events that do not count touch nothing but what they could change', async () => {
    await write(
      aRow(noon, { sessionId: 's', ...email }, { outcome: 'bot' }),
      aRow(noon + minute, { sessionId: 's', ...search }),
    );
    expect([...(await world.windows()).keys()]).toContain(
      at('channel_1m', noon + minute, 'Organic Search/'),
    );
  });

  test('users of one name in two tenants are two; times of 1970 and of 2106 have windows', async () => {
    const other = { tenant: 'tokyo' };
    await write(
      aRow(noon, view),
      aRow(noon, { ...other, ...view }),
      aRow(noon + 1, { ...other, ...cart }),
    );
    await write(
      aRow(-5, { sessionId: 'old', ...view }),
      aRow(2 ** 43, { sessionId: 'far', ...view }),
    );
  });
});
