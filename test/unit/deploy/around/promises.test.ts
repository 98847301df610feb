import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../../services/shared/runtime/root';

const page = readFileSync(join(projectRoot, 'docs', 'PROMISES.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};
const tests = readdirSync(join(projectRoot, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => `test/${path}`);

/** Rows of the table with this heading, cell by cell. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const table = page.split(`${heading}\n`)[1]?.split('\n\n')[0] ?? '';
  return table
    .split('\n')
    .slice(1)
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

const promises = rowsUnder('| promise | kept by | tested by |');
const codeIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
const isPath = (code: string) => /^(services|deploy|test|bench)\//.test(code);

test('the page has promises, and what is not promised', () => {
  expect(promises.length).toBeGreaterThan(10);
  expect(rowsUnder('| when | what happens |').length).toBeGreaterThan(10);
});

test.each(promises)(
  '%s: what keeps it and what tests it is there',
  (_, keeps = '', tested = '') => {
    const kept = codeIn(keeps).filter(isPath);
    expect(kept.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
    expect(kept.length).toBeGreaterThan(0);
    const commands = codeIn(tested).filter((code) => code.startsWith('npm '));
    expect(commands.filter((command) => !isThere(command))).toEqual([]);
    expect(commands.length).toBeGreaterThan(0);
  },
);

/** A script of package.json; of `npm test`, a file that each of the paths finds. */
function isThere(command: string): boolean {
  const [, path] = /^npm test -- (.+)$/.exec(command) ?? [];
  if (path !== undefined) {
    return path.split(' ').every((part) => tests.some((file) => file.includes(part)));
  }
  const [, script = ''] = /^npm run (\S+)/.exec(command) ?? [];
  return script in scripts;
}
