import { FatalError, TransientError } from '../../../services/shared/runtime/errors';
import {
  type ClickHouse,
  connectClickHouse,
} from '../../../services/shared/stores/clickhouse/client';
import { migrate } from '../../../services/shared/stores/clickhouse/migrate';
import { aName } from '../../support/names';
import { addressOf } from '../../support/server-addresses';

jest.setTimeout(30_000);

const database = aName('migrate');
let clickHouse: ClickHouse;
beforeAll(async () => {
  const url = addressOf('CLICKHOUSE_URL');
  const root = connectClickHouse({ url, database: 'default' });
  await root.command(`CREATE DATABASE ${database}`);
  await root.close();
  clickHouse = connectClickHouse({ url, database });
});
afterAll(async () => {
  await clickHouse.command(`DROP DATABASE ${database}`);
  await clickHouse.close();
});

const table = 'CREATE TABLE IF NOT EXISTS t (a UInt64, s String) ENGINE = MergeTree ORDER BY a;';
const first = { version: 1, name: '001-first.sql', sql: `-- why\n${table}` };
const second = {
  version: 2,
  name: '002-second.sql',
  sql: 'ALTER TABLE t ADD COLUMN IF NOT EXISTS b UInt8; ALTER TABLE t ADD COLUMN IF NOT EXISTS c UInt8;',
};

test('what is not applied yet is applied in order, once', async () => {
  expect(await migrate(clickHouse, [first])).toEqual(['001-first.sql']);
  expect(await migrate(clickHouse, [second, first])).toEqual(['002-second.sql']);
  expect(await migrate(clickHouse, [first, second])).toEqual([]);
  const columns = await clickHouse.rows(
    'SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {t:String}',
    {
      t: 't',
    },
  );
  expect(columns.map((row) => row.name).sort()).toEqual(['a', 'b', 'c', 's']);
});

test('a file that changed after it was applied is refused; a mended comment is not', async () => {
  await migrate(clickHouse, [first, second]);
  const changed = { ...first, sql: table.replace('UInt64', 'UInt32') };
  const third = {
    version: 3,
    name: '003-third.sql',
    sql: 'CREATE TABLE IF NOT EXISTS u (a UInt8) ENGINE = Log',
  };
  const attempt = migrate(clickHouse, [changed, second, third]);
  await expect(attempt).rejects.toThrow(FatalError);
  await expect(attempt).rejects.toThrow('001-first.sql was changed after it was applied');
  expect(
    await clickHouse.rows(
      "SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = 'u'",
    ),
  ).toEqual([]);
  expect(await migrate(clickHouse, [{ ...first, sql: table }, second])).toEqual([]);
});

test('a database of a newer release, or two files of one number, are refused', async () => {
  await migrate(clickHouse, [first, second]);
  await expect(migrate(clickHouse, [first])).rejects.toThrow('002-second.sql was applied to this');
  await expect(migrate(clickHouse, [first, second, { ...second, name: 'x' }])).rejects.toThrow(
    'two migrations have the same number',
  );
});

test('the client: parameters, exact 64-bit integers, inserts, and failures by their cause', async () => {
  await migrate(clickHouse, [first, second]);
  const rows = Array.from({ length: 500 }, (_, at) => ({
    a: String(2n ** 63n + BigInt(at)),
    s: "it's\n",
  }));
  await clickHouse.insert('t', rows, ['a', 's']);
  await clickHouse.insert('t', rows, ['a', 's']);
  expect(
    await clickHouse.rows(
      'SELECT a, count() AS n FROM t WHERE s = {s:String} GROUP BY a ORDER BY a LIMIT 1',
      {
        s: "it's\n",
      },
    ),
  ).toEqual([{ a: '9223372036854775808', n: '2' }]);
  await expect(clickHouse.rows('SELECT nothing FROM t')).rejects.toMatchObject({
    type: 'UNKNOWN_IDENTIFIER',
  });
  await expect(clickHouse.insert('t', [{ a: 'x' }])).rejects.not.toBeInstanceOf(TransientError);
  const nowhere = connectClickHouse({ url: 'http://127.0.0.1:1' });
  await expect(nowhere.ping()).rejects.toBeInstanceOf(TransientError);
  await nowhere.close();
});

test('a query that takes too long is stopped by the server and may be tried again', async () => {
  const hasty = connectClickHouse({
    url: addressOf('CLICKHOUSE_URL'),
    database,
    maxExecutionMs: 1000,
  });
  const slow = hasty.rows(
    'SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))',
  );
  await expect(slow).rejects.toBeInstanceOf(TransientError);
  await hasty.close();
});
