import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { freePorts, type LocalServers, startServers } from '../../../deploy/local/servers';

/** The unmodified official client against the real front on the real engine. */
const folder = mkdtempSync(join(tmpdir(), 'front-'));
let servers: LocalServers;
let client: ClickHouseClient;

beforeAll(async () => {
  servers = await startServers({
    dataDir: join(folder, 'data'),
    ports: await freePorts(),
    fresh: false,
    env: { KAFKA_BROKERS: 'unused', SCHEMA_REGISTRY_URL: 'unused', REDIS_URL: 'unused' },
    say: () => {},
  });
  client = connect();
  await client.command({
    query: `CREATE TABLE rows (id UInt64, text String, list Array(String), maybe Nullable(String))
              ENGINE = MergeTree ORDER BY id`,
  });
}, 60_000);

afterAll(async () => {
  await client?.close();
  await servers?.stop();
  rmSync(folder, { recursive: true });
});

beforeEach(() => client.command({ query: 'TRUNCATE TABLE rows' }));

/** Text that has ended badly somewhere between a client, a URL, a file and SQL. */
const hostile = [
  "it's",
  'back\\slash',
  '\\',
  "'",
  "\\'",
  'two\nlines',
  '\n\n; DROP TABLE rows;\n\n',
  'tab\there',
  '\r\n',
  '\\N',
  'nul\0byte',
  'é😀',
  '{p:String}',
  '-- not a comment',
  '/*',
  '`"$$',
  '%27+&=',
];

test.each(hostile)('the parameter %j arrives as it was sent', async (text) => {
  const query = `SELECT {p:String} AS p, {list:Array(String)} AS list,
                        {maybe:Nullable(String)} AS maybe, {none:Nullable(String)} AS none`;
  const query_params = { p: text, list: [text, 'x'], maybe: text, none: null };
  expect(await rowsOf(query, query_params)).toEqual([query_params]);
});

test('numbers, times and long texts as parameters keep their value', async () => {
  const query = `SELECT {big:UInt64} AS big, {at:DateTime64(3)} AS at, {flag:Bool} AS flag,
                        length({long:String}) AS length`;
  const query_params = {
    big: '18446744073709551615',
    at: new Date(1_700_000_000_123),
    flag: true,
    long: 'x'.repeat(600_000),
  };
  expect(await rowsOf(query, query_params)).toEqual([
    { big: '18446744073709551615', at: '2023-11-14 22:13:20.123', flag: true, length: '600000' },
  ]);
});

const sent = hostile.map((text, index) => ({
  id: String(index),
  text,
  list: [text],
  maybe: index % 2 === 0 ? text : null,
}));
const compact = () => sent.map((row) => Object.values(row));

test.each<[string, () => Promise<{ summary?: { written_rows: string } | undefined }>]>([
  ['objects', () => client.insert({ table: 'rows', values: sent, format: 'JSONEachRow' })],
  [
    'arrays',
    () => client.insert({ table: 'rows', values: compact(), format: 'JSONCompactEachRow' }),
  ],
  [
    'a stream of objects',
    () => client.insert({ table: 'rows', values: Readable.from(sent), format: 'JSONEachRow' }),
  ],
  [
    'compressed objects',
    async () => {
      const squeezing = connect({ compression: { request: true, response: true } });
      const result = await squeezing.insert({ table: 'rows', values: sent, format: 'JSONEachRow' });
      expect(await rowsOf('SELECT * FROM rows ORDER BY id', {}, squeezing)).toEqual(sent);
      await squeezing.close();
      return result;
    },
  ],
])('rows inserted as %s are read back the same', async (_, insert) => {
  const { summary } = await insert();
  expect(summary?.written_rows).toBe(String(sent.length));
  expect(await rowsOf('SELECT * FROM rows ORDER BY id')).toEqual(sent);
});

test('blank lines between rows neither end the data nor run as SQL', async () => {
  const body = '\n\n{"id":1,"text":"a"}\n\n\n{"id":2,"text":"; DROP TABLE rows"}\n\n';
  const { stream } = await client.exec({
    query: 'INSERT INTO rows FORMAT JSONEachRow',
    values: Readable.from([body], { objectMode: false }),
  });
  stream.resume();
  await client.command({ query: `INSERT INTO rows FORMAT JSONEachRow\n${body.replace('1', '3')}` });
  expect(await rowsOf('SELECT id FROM rows ORDER BY id')).toEqual(
    ['1', '2', '2', '3'].map((id) => ({ id })),
  );
});

test.each<[string, () => Promise<unknown>, string]>([
  ['an unknown table', () => rowsOf('SELECT * FROM absent'), '60'],
  ['a syntax error', () => rowsOf('SELEC 1'), '62'],
  ['two statements', () => client.command({ query: 'SELECT 1; DROP TABLE rows' }), '62'],
  ['a missing parameter', () => rowsOf('SELECT {p:String}'), '456'],
  [
    'a row that does not fit',
    () => client.insert({ table: 'rows', values: [{ id: 'x' }], format: 'JSONEachRow' }),
    '27',
  ],
  [
    'a query over its time',
    () =>
      client.command({
        query: 'SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1',
        clickhouse_settings: { max_execution_time: 1 },
      }),
    '159',
  ],
  [
    'an error after the first rows',
    async () => {
      const query = 'SELECT throwIf(number = 1000000) FROM numbers(2000000)';
      const result = await client.query({ query, format: 'JSONEachRow' });
      for await (const rows of result.stream()) expect(rows.length).toBeGreaterThan(0);
    },
    '395',
  ],
])('%s is reported with its code', async (_, act, code) => {
  await expect(act()).rejects.toMatchObject({ code });
});

test('a broken answer is never taken for a whole one', async () => {
  const query = 'SELECT throwIf(number = 1000000) FROM numbers(2000000)';
  const result = await client.query({ query, format: 'TabSeparated' });
  await expect(result.text()).rejects.toThrow();
});

test('parallel queries keep their own parameters and settings', async () => {
  const many = Array.from({ length: 40 }, async (_, index) => {
    const result = await client.query({
      query: `SELECT {n:UInt32} AS n, getSetting('max_block_size') AS size, sleep(0.02) AS slept`,
      format: 'JSONEachRow',
      query_params: { n: index },
      clickhouse_settings: { max_block_size: String(5_000 + index) },
    });
    return result.json();
  });
  expect(await Promise.all(many)).toEqual(
    many.map((_, index) => [{ n: index, size: 5_000 + index, slept: 0 }]),
  );
});

test('a large answer arrives whole, in pieces', async () => {
  const result = await client.query({
    query: 'SELECT number FROM numbers(1000000)',
    format: 'JSONCompactEachRow',
  });
  let rows = 0;
  for await (const piece of result.stream()) rows += piece.length;
  expect(rows).toBe(1_000_000);
});

test('clients that go away leave no query and no file behind', async () => {
  const left = await client.query({
    query: 'SELECT number FROM numbers(100000000000)',
    format: 'JSONEachRow',
  });
  left.close();
  const query = encodeURIComponent('INSERT INTO rows FORMAT JSONEachRow');
  const insert = request(`${servers.env.CLICKHOUSE_URL}/?query=${query}`, { method: 'POST' });
  insert.write('{"id":1}\n'.repeat(10_000));
  const spool = () => readdirSync(join(folder, 'data', 'clickhouse-spool'));
  await until(async () => spool().length === 1);
  insert.on('error', () => {}).destroy();
  const running = `SELECT count() AS n FROM system.processes WHERE query NOT LIKE '%processes%'`;
  await until(async () => (await rowsOf(running))[0]?.n === '0');
  await until(async () => spool().length === 0);
  expect(await rowsOf('SELECT count() AS n FROM rows')).toEqual([{ n: '0' }]);
});

test('rows acknowledged before a kill are there after it', async () => {
  await client.insert({ table: 'rows', values: sent, format: 'JSONEachRow' });
  await servers.kill('clickhouse');
  await expect(rowsOf('SELECT 1')).rejects.toThrow();
  await servers.restart('clickhouse');
  expect(await rowsOf('SELECT * FROM rows ORDER BY id')).toEqual(sent);
}, 60_000);

function connect(options: Parameters<typeof createClient>[0] = {}): ClickHouseClient {
  return createClient({
    ...options,
    url: servers.env.CLICKHOUSE_URL,
    clickhouse_settings: { async_insert: 0, output_format_json_quote_64bit_integers: 1 },
    log: { level: ClickHouseLogLevel.OFF },
  });
}

async function rowsOf(
  query: string,
  query_params: Record<string, unknown> = {},
  through = client,
): Promise<Record<string, unknown>[]> {
  const result = await through.query({ query, query_params, format: 'JSONEachRow' });
  return result.json();
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within 10 s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
