import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const bootstrap = join(__dirname, '../../../../deploy/local/bootstrap');

/** The bootstrap is made of ES modules, which the test runner does not load: Node itself does. */
function evaluate(module: string, expression: string): unknown {
  const url = pathToFileURL(join(bootstrap, module)).href;
  const script = `import * as m from '${url}'; console.log(JSON.stringify(${expression}))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

test('each Node outside the range is told which one to install', () => {
  const versions = ['v18.19.0', 'v20.11.1', 'v20.12.0', 'v22.1.0', 'v23.0.0'];
  const faults = evaluate(
    'versions.mjs',
    `${JSON.stringify(versions)}.map((v) => m.nodeFault(v, '>=20.12 <23'))`,
  );
  const advice = 'install Node 20 (20.12 or later), then try again.';
  expect(faults).toEqual([
    `Node v18.19.0 is too old: ${advice}`,
    `Node v20.11.1 is too old: ${advice}`,
    '',
    '',
    `Node v23.0.0 is too new: ${advice}`,
  ]);
});

test('the major version of Java is read in its old and new spelling', () => {
  const outputs = [
    'openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime',
    'java version "1.8.0_402"',
    'openjdk version "21" 2023-09-19',
    'nothing',
  ];
  const majors = evaluate('versions.mjs', `${JSON.stringify(outputs)}.map(m.javaMajor)`);
  expect(majors).toEqual([17, 8, 21, 0]);
});

test('a step is stale until it was stamped from exactly the same', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stamp-'));
  const stamp = JSON.stringify(join(folder, 'deep', 'stamp'));
  const answers = evaluate(
    'stamp.mjs',
    `[
      m.isStale(${stamp}, m.digestOf('a', 'b')),
      (m.writeStamp(${stamp}, m.digestOf('a', 'b')), m.isStale(${stamp}, m.digestOf('a', 'b'))),
      m.isStale(${stamp}, m.digestOf('ab', '')),
    ]`,
  );
  expect(answers).toEqual([true, false, true]);
  rmSync(folder, { recursive: true });
});

test('a listing changes with a file that is edited, added or removed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'listing-'));
  const list = () =>
    evaluate('stamp.mjs', `m.listing(${JSON.stringify(folder)}, '.ts')`) as string[];
  writeFileSync(join(folder, 'a.ts'), 'a');
  writeFileSync(join(folder, 'note.md'), 'a');
  const first = list();
  expect(first).toHaveLength(1);
  expect(list()).toEqual(first);
  utimesSync(join(folder, 'a.ts'), 1, 1);
  expect(list()).not.toEqual(first);
  rmSync(folder, { recursive: true });
  expect(list()).toEqual([]);
});
