import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  defaultOf,
  settingsByProgram,
  settingsTable,
  withSettingsTable,
} from '../../../../deploy/docs/settings-table';
import { projectRoot } from '../../../../services/shared/runtime/root';

const lines = Object.entries(settingsByProgram).flatMap(([program, table]) =>
  Object.values(table).map((line) => [program, line.env, line] as const),
);

test('README.md has the table of the settings', () => {
  const file = join(projectRoot, 'README.md');
  const text = readFileSync(file, 'utf8');
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, withSettingsTable(text));
  expect(readFileSync(file, 'utf8')).toBe(withSettingsTable(text));
});

test('every service has its settings there', () => {
  const all = readdirSync(join(projectRoot, 'services'));
  const folders = all.filter((name) =>
    existsSync(join(projectRoot, 'services', name, 'config.ts')),
  );
  expect(Object.keys(settingsByProgram).sort()).toEqual([...folders, 'set-up'].sort());
});

test.each(lines)('%s %s: its default is written as it could be set', (_program, _env, line) => {
  const shown = defaultOf(line);
  if (line.fallback === null || line.fallback.value === null) return expect(shown).toBe('');
  if (shown !== '') return expect(line.parser.parse(shown)).toEqual(line.fallback.value);
  expect(['', []]).toContainEqual(line.fallback.value);
});

test('a row a setting, and none said twice', () => {
  const rows = settingsTable().split('\n').slice(2);
  expect(new Set(rows).size).toBe(rows.length);
  for (const [, env, line] of lines) {
    const own = rows.filter((row) => row.startsWith(`| \`${env}\` |`) && row.includes(line.doc));
    expect(`${env} in ${own.length} rows`).toMatch(/in [1-9] rows$/);
  }
});

test('a document without the marks is told where the table goes', () => {
  expect(() => withSettingsTable('# Nothing')).toThrow('put the table between');
});
