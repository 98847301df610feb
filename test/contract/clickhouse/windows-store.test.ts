import { FactRanges } from '../../../services/shared/domain/fact-ranges';
import { chunksOf } from '../../../services/shared/domain/window';
import { TransientError } from '../../../services/shared/runtime/errors';
import { connectClickHouse } from '../../../services/shared/stores/clickhouse/client';
import { createEventsStore } from '../../../services/shared/stores/clickhouse/events-store';
import { createUserHash } from '../../../services/shared/stores/clickhouse/user-hash';
import {
  createWindowsStore,
  createWindowVersions,
} from '../../../services/shared/stores/clickhouse/windows-store';
import { aDatabase, type TestDatabase } from '../../support/clickhouse';
import { noon } from '../../support/event-builders';
import { aRow, factRanges, insertInto } from './ledger-worlds';

jest.setTimeout(60_000);

const hour = 3_600_000;
const minute = 60_000;
const bounds = { lengthMs: minute, maxWindows: 100, maxRuns: 100, maxGapMs: hour };
const [chunk] = chunksOf([{ tenant: 'demo', start: noon }], bounds);
if (chunk === undefined) throw new Error('a chunk');

let database: TestDatabase;
const clocks: number[] = [];
beforeAll(async () => {
  database = await aDatabase();
});
beforeEach(() => {
  clocks.length = 0;
});
afterAll(() => database.drop());

const storeOn = (clickhouse = database.clickhouse) =>
  createWindowsStore({
    clickhouse,
    zones: new Map(),
    lookBackMs: 72 * hour,
    conversionWindowMs: 24 * hour,
    versions: createWindowVersions({
      clickhouse,
      onClock: (behindSeconds) => void clocks.push(behindSeconds),
    }),
  });

async function versions(): Promise<readonly bigint[]> {
  const rows = await database.clickhouse.rows('SELECT version FROM channel_1m ORDER BY version');
  return rows.map(({ version }) => BigInt(String(version)));
}

test('each recomputation has a higher version, and it is the server’s clock', async () => {
  const store = storeOn();
  const before = BigInt(Date.now() - 5000) * 1_000_000n;
  await store.recompute('channel_1m', chunk);
  await store.recompute('channel_1m', chunk);
  const [first = 0n, second = 0n] = await versions();
  expect(first > before && second > first).toBe(true);
  expect(clocks).toEqual([0, 0]);
});

test('recomputations side by side have clocks of their own, in whatever order they are answered', async () => {
  const store = storeOn();
  await Promise.all(Array.from({ length: 12 }, () => store.recompute('channel_1m', chunk)));
  expect(clocks).toEqual(Array(12).fill(0));
});

test('a clock below the highest version that is stored recomputes nothing, and says so', async () => {
  const ahead = BigInt(Date.now() + 60_000) * 1_000_000n;
  await database.clickhouse.insert('funnel_1h', [
    { tenant: 'demo', start: noon / 1000, version: String(ahead), users: [], sessions: [] },
  ]);
  const stored = (await versions()).length;
  await expect(storeOn().recompute('channel_1m', chunk)).rejects.toThrow(TransientError);
  expect((await versions()).length).toBe(stored);
  expect(clocks).toEqual([expect.closeTo(60, -1)]);
  await database.clickhouse.command('TRUNCATE TABLE funnel_1h');
});

test('a server that is away passes; a statement that is too much for it is about its windows', async () => {
  const away = connectClickHouse({ url: 'http://127.0.0.1:9', database: 'default' });
  await expect(storeOn(away).recompute('channel_1m', chunk)).rejects.toThrow(TransientError);
  await away.close();
  const { clickhouse } = database;
  const small = {
    ...clickhouse,
    command: (sql: string, parameters = {}) =>
      clickhouse.command(`${sql} SETTINGS max_rows_to_read = 1`, parameters),
  };
  const events = createEventsStore(clickhouse, createUserHash('a key for tests'));
  await insertInto(events, [aRow(noon), aRow(noon), aRow(noon)]);
  const failure = storeOn(small).recompute('channel_1m', chunk);
  await expect(failure).rejects.toThrow(/rows/);
  await expect(failure).rejects.not.toBeInstanceOf(TransientError);
});

test('no facts touch nothing; facts that are not there yet neither', async () => {
  expect(await storeOn().touched('channel_1m', new FactRanges())).toEqual([]);
  expect(await storeOn().touched('funnel_1h', factRanges([aRow(noon)]))).toEqual([]);
});
