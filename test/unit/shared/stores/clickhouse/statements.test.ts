import { readMigrations } from '../../../../../deploy/setup/setup';
import { splitStatements } from '../../../../../services/shared/stores/clickhouse/statements';

test.each([
  ['SELECT 1', ['SELECT 1']],
  ['SELECT 1;\n\nSELECT 2;\n', ['SELECT 1', 'SELECT 2']],
  [';;  ; ', []],
  ['-- only; a comment\n', []],
  ['SELECT 1 -- one; two\n;SELECT 2', ['SELECT 1', 'SELECT 2']],
  ["SELECT ';--' AS a; SELECT 2", ["SELECT ';--' AS a", 'SELECT 2']],
  ["SELECT 'it\\'s; ' ; SELECT 'a''b;'", ["SELECT 'it\\'s; '", "SELECT 'a''b;'"]],
  ['SELECT `a;b`, "c;d" /* e; f */ FROM t', ['SELECT `a;b`, "c;d"   FROM t']],
  ['SELECT 4 / 2 - 1', ['SELECT 4 / 2 - 1']],
  ["SELECT 'never closed", ["SELECT 'never closed"]],
])('%p', (sql, statements) => {
  expect(splitStatements(sql)).toEqual(statements);
});

test('the project’s own files are statements that are safe to repeat', () => {
  const migrations = readMigrations();
  expect(migrations.length).toBeGreaterThan(3);
  expect(new Set(migrations.map((one) => one.version)).size).toBe(migrations.length);
  for (const { name, sql } of migrations) {
    for (const statement of splitStatements(sql)) {
      expect({ name, statement }).toEqual({
        name,
        statement: expect.stringMatching(
          /^(CREATE (TABLE|VIEW|MATERIALIZED VIEW|FUNCTION) IF NOT EXISTS|CREATE OR REPLACE|ALTER TABLE \w+ \w+ \w+ IF (NOT )?EXISTS|DROP \w+ IF EXISTS) /,
        ),
      });
    }
  }
});
