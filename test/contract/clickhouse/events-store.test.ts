import { type EventRow, eventRow } from '../../../services/shared/domain/event-row';
import { FatalError } from '../../../services/shared/runtime/errors';
import {
  createEventsStore,
  type EventsStore,
} from '../../../services/shared/stores/clickhouse/events-store';
import { createUserHash } from '../../../services/shared/stores/clickhouse/user-hash';
import { aDatabase, type TestDatabase } from '../../support/clickhouse';
import { aChannel, aJudgedEvent, anEvent, anItem, noon } from '../../support/event-builders';

jest.setTimeout(60_000);

let database: TestDatabase;
let store: EventsStore;
const userHash = createUserHash('a key for tests');

beforeAll(async () => {
  database = await aDatabase();
  store = createEventsStore(database.clickhouse, userHash);
});
beforeEach(() => database.clickhouse.command('TRUNCATE TABLE events'));
afterAll(() => database.drop());

const source = (offset: number) => ({ topic: 'events.import.v1', partition: 3, offset });

const full = () =>
  eventRow(
    aJudgedEvent({
      source: source(2 ** 40 + 1),
      outcome: 'collision',
      reason: 'message_id_reused',
      evidence: 'ein Bäcker 🍞, "quoted"\n\tand tabbed',
      version: 2 ** 52 + 3,
      firstCounted: false,
      weightsVersion: 300,
      heldBy: source(7),
      event: anEvent({
        messageId: 'm'.repeat(256),
        userId: 'ü-1',
        deviceId: 'd',
        sessionId: 's',
        type: 'order_completed',
        sentAt: null,
        category: 'Büro',
        searchQuery: 'x'.repeat(500),
        items: [
          anItem({
            productId: 'p',
            sku: 'k',
            name: 'n',
            category: 'c',
            brand: 'b',
            priceMinor: -5,
          }),
          anItem({ quantity: 2.5 }),
        ],
        shop: 'shop',
        channel: aChannel({
          source: 'ä',
          group: 'Email',
          selfReferral: true,
          url: 'https://x.example/',
        }),
        currency: 'EUR',
        effect: {
          orderId: 'o',
          revenueMinor: -(2 ** 40),
          taxMinor: 0,
          shippingMinor: null,
          coupon: 'c',
        },
      }),
    }),
    Buffer.from([0, 255, 10, 10, 39]),
  );

test('every column of a row arrives as it was', async () => {
  const row = full();
  expect(await insert(row)).toEqual([]);
  const [kept] = await database.clickhouse.rows(
    `SELECT * EXCEPT (record, eventAt, receivedAt, appendedAt, originalAt), hex(record) AS record, toUnixTimestamp64Milli(eventAt) AS eventAt,
            toUnixTimestamp64Milli(receivedAt) AS receivedAt, toUnixTimestamp64Milli(appendedAt) AS appendedAt,
            toUnixTimestamp64Milli(originalAt) AS originalAt
       FROM events`,
  );
  const { user, items, record, ...columns } = row;
  expect(kept).toEqual({
    ...columns,
    record: '00FF0A0A27',
    userHash: String(userHash('demo', 'ann')),
    ...{ offset: String(row.offset), version: String(row.version) },
    ...{ firstCounted: 0, selfReferral: 1, weightsVersion: 300 },
    ...{ eventAt: String(noon), receivedAt: String(noon + 300), appendedAt: String(noon + 320) },
    originalAt: String(noon),
    ...{ revenueMinor: String(-(2 ** 40)), taxMinor: '0', shippingMinor: null },
    'items.productId': ['p', ''],
    'items.sku': ['k', ''],
    'items.name': ['n', ''],
    'items.category': ['c', ''],
    'items.brand': ['b', ''],
    'items.priceMinor': ['-5', null],
    'items.quantity': [null, 2.5],
  });
  expect([user, items.length, record.length]).toEqual(['ann', 2, 5]);
});

test('bytes that did not decode stand without tenant, under their append time', async () => {
  const dead = { outcome: 'dead', reason: 'undecodable', event: null } as const;
  const judged = { ...aJudgedEvent(), ...dead, undecoded: Buffer.from('x') };
  await insert(eventRow(judged, Buffer.from('r')));
  expect(
    await database.clickhouse.rows(
      `SELECT tenant, outcome, userHash, toUnixTimestamp64Milli(eventAt) AS eventAt,
              toUnixTimestamp64Milli(receivedAt) AS receivedAt FROM events`,
    ),
  ).toEqual([
    {
      ...{ tenant: '', outcome: 'dead', userHash: '0' },
      ...{ eventAt: String(noon + 320), receivedAt: String(noon + 320) },
    },
  ]);
});

test('completed orders stand a second time by their key, and duplicates do not', async () => {
  const order = { type: 'order_completed', effect: null } as const;
  const event = anEvent(order);
  await insert(
    eventRow(aJudgedEvent({ source: source(1), event }), Buffer.alloc(0)),
    eventRow(aJudgedEvent({ source: source(2), event, outcome: 'duplicate' }), Buffer.alloc(0)),
  );
  expect(await database.clickhouse.rows('SELECT orderKey, offset FROM orders')).toContainEqual({
    orderKey: `user/ann/${noon}`,
    offset: '1',
  });
  expect(await count("SELECT count() AS n FROM orders WHERE orderKey = ''")).toBe(0);
});

test('a row that the server refuses is found, and its neighbours land', async () => {
  await database.clickhouse.command(
    "ALTER TABLE events ADD CONSTRAINT sound CHECK name NOT LIKE 'poison%'",
  );
  const rows = Array.from({ length: 100 }, (_, offset) => {
    const name = offset === 13 || offset === 77 ? `poison ${offset}` : 'sound';
    const event = anEvent({ name });
    return eventRow(aJudgedEvent({ source: source(offset), event }), Buffer.from(name));
  });
  const refused = await insert(...rows);
  expect(refused.map(({ record }) => record.toString())).toEqual(['poison 13', 'poison 77']);
  expect(refused[0]?.why).toMatch(/VIOLATED_CONSTRAINT/);
  expect(await count('SELECT count() AS n FROM events')).toBe(98);
  const bad = rows.map((row, nth) => ({ ...row, name: `poison ${nth}` }));
  await expect(insert(...bad, ...bad)).rejects.toThrow(FatalError);
  await database.clickhouse.command('ALTER TABLE events DROP CONSTRAINT sound');
});

test('rows of more months than one insert may touch are written in several', async () => {
  const month = 31 * 86_400_000;
  const rows = Array.from({ length: 150 }, (_, nth) => {
    const event = anEvent({ receivedAt: nth * month });
    return eventRow(aJudgedEvent({ source: source(nth), event }), Buffer.alloc(0));
  });
  expect(await insert(...rows)).toEqual([]);
  expect(await count('SELECT count() AS n FROM events')).toBe(150);
});

test('a number that no column takes leaves the rows before it as they were', async () => {
  const batch = store.begin();
  const row = full();
  batch.add(row);
  const bytes = batch.bytes;
  expect(() => batch.add({ ...row, partition: 65_536 })).toThrow(RangeError);
  expect([batch.count, batch.bytes]).toEqual([1, bytes]);
  batch.add({ ...row, offset: 5 });
  expect(await store.insert(batch)).toEqual([]);
  expect(await count('SELECT count() AS n FROM events')).toBe(2);
});

test('what was inserted before leaves nothing in what is inserted next, nor in what was refused', async () => {
  const row = full();
  await insert(row, { ...row, offset: 6 });
  const [one, other] = [store.begin(), store.begin()];
  one.add({ ...row, offset: 7, messageId: 'one' });
  other.add({ ...row, offset: 8, messageId: 'other' });
  const kept = one.record(0);
  await store.insert(one);
  await insert({ ...row, offset: 9, record: Buffer.from('something else') });
  await store.insert(other);
  expect([...kept]).toEqual([...row.record]);
  const rows = await database.clickhouse.rows(
    'SELECT toUInt32(offset) AS nth, left(messageId, 5) AS id FROM events WHERE offset < 100 ORDER BY offset',
  );
  expect(rows.map(({ nth, id }) => `${nth} ${id}`)).toEqual([
    '6 mmmmm',
    '7 one',
    '8 other',
    '9 mmmmm',
  ]);
});

test('nothing to insert is nothing to do', async () => {
  expect(await store.insert(store.begin())).toEqual([]);
});

async function insert(...rows: readonly EventRow[]) {
  const batch = store.begin();
  for (const row of rows) batch.add(row);
  return store.insert(batch);
}

async function count(sql: string): Promise<number> {
  const [row] = await database.clickhouse.rows(sql);
  return Number(row?.n);
}
