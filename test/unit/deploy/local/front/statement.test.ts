import {
  insertFromFile,
  isStreamable,
  parseStatement,
  prelude,
  splitInlineData,
} from '../../../../../deploy/local/front/statement';

const statementOf = (url: string, sql = 'SELECT 1') =>
  parseStatement(new URLSearchParams(`query_id=q&log_comment=q&${url}`), sql);

test('parameters and settings become quoted assignments, the database an identifier', () => {
  const url = new URLSearchParams();
  url.set('param_p', `it's \\ a\0b`);
  url.set('readonly', '1');
  url.set('max_threads', '2');
  url.set('database', 'a`b');
  expect(prelude(statementOf(url.toString()))).toEqual([
    "USE `a\\`b`; SET param_p = 'it\\'s \\\\ a\\0b', log_comment = 'q', max_threads = '2', readonly = '1'",
  ]);
});

test('parameters longer than the engine reads raise its limit, and lower it again', () => {
  const statements = prelude(statementOf(`param_p=${'x'.repeat(300_000)}`));
  expect(statements).toHaveLength(2);
  expect(statements[0]).toMatch(/^SET max_query_size = 6\d{5}$/);
  expect(statements[1]).toMatch(/, max_query_size = 262144$/);
});

test('what the front cannot do is refused, not ignored', () => {
  expect(() => statementOf('session_id=s')).toThrow('session_id');
  expect(() => statementOf('a;b=1')).toThrow('Invalid name of a setting');
});

test.each([
  ['SELECT 1; SELECT 2', false],
  ["SELECT ';'; DROP TABLE t", false],
  ['SELECT 1;', true],
  ['SELECT 1; -- one only', true],
  ['SELECT \';\', `;`, ";" /* ; */ -- ;\n FROM t', true],
  ["SELECT 'it\\'s; fine', 'it''s; fine'", true],
])('one statement a request: %s', (sql, single) => {
  const parse = () => statementOf('', sql);
  if (single) expect(parse).not.toThrow();
  else expect(parse).toThrow('Multi-statements are not allowed');
});

test.each([
  [
    'INSERT INTO t (a, b) FORMAT JSONEachRow',
    "INSERT INTO t (a, b) FROM INFILE '/f' COMPRESSION 'none' FORMAT JSONEachRow",
  ],
  [
    'insert into d.t SETTINGS async_insert = 0 FORMAT CSV\n',
    "insert into d.t FROM INFILE '/f' COMPRESSION 'none' SETTINGS async_insert = 0 FORMAT CSV",
  ],
])('%s reads its data from a file', (sql, expected) => {
  expect(insertFromFile(sql, '/f', 'none')).toBe(expected);
});

test.each([
  ['INSERT INTO t FORMAT JSONEachRow {"a":1}\n\n{"a":2}', '{"a":1}\n\n{"a":2}'],
  ['INSERT INTO t (a)\nFORMAT TSV\nx; y\n', 'x; y\n'],
  ['INSERT INTO t (a) VALUES (1)', undefined],
  ['INSERT INTO t FORMAT Values (1)', undefined],
  ['INSERT INTO t FORMAT JSONEachRow', undefined],
  ["SELECT 'INSERT INTO t FORMAT TSV\nx'", undefined],
])('data inside the body of %s is found', (body, data) => {
  expect(splitInlineData(body)?.data).toBe(data);
});

test.each([
  ['SELECT 1 FORMAT JSONEachRow', true],
  ['WITH 1 AS x SELECT x FORMAT TabSeparated', true],
  ['SELECT 1', true],
  ['SELECT 1 FORMAT JSON', false],
  ['SELECT 1 FORMAT CSVWithNames', false],
  ['SHOW TABLES FORMAT JSONEachRow', false],
])('output of %s can be sent in pieces: %s', (sql, streamable) => {
  expect(isStreamable(statementOf('', sql))).toBe(streamable);
});

test('KILL QUERY looks where the front keeps the query id, and does not wait', () => {
  const { sql } = statementOf('', "KILL QUERY WHERE query_id = 'x' SYNC FORMAT JSON");
  expect(sql).toBe("KILL QUERY WHERE Settings['log_comment'] = 'x' ASYNC FORMAT JSON");
});
