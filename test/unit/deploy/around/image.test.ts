import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { servicePlans } from '../../../../deploy/start/service-plans';
import { projectRoot } from '../../../../services/shared/runtime/root';
import { importsOf } from '../../../tidy/imports';
import { projectFiles, sourceFiles } from '../../../tidy/tree';

const dockerfile = readFileSync(join(projectRoot, 'deploy/docker/Dockerfile'), 'utf8');
const ignored = readFileSync(join(projectRoot, '.dockerignore'), 'utf8').trim().split('\n');
const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
const files = projectFiles(projectRoot);
const parts = files.filter(({ path }) => /^(services|deploy\/setup)\//.test(path));
const sources = new Map(sourceFiles(parts).map((source) => [source.path, source]));
const programs = [
  'deploy/setup/main.ts',
  ...servicePlans.map(({ name }) => `services/${name}/main.ts`),
];

/** The files that a program is made of, and the packages they use. */
function partsOf(programs: readonly string[]): { files: Set<string>; packages: Set<string> } {
  const found = { files: new Set<string>(), packages: new Set<string>() };
  const visit = (path: string): void => {
    const source = sources.get(path);
    if (source === undefined || found.files.has(path)) return;
    found.files.add(path);
    for (const { file, package: used } of importsOf(source)) {
      if (file !== null) visit(file);
      if (used !== null && !used.startsWith('node:')) found.packages.add(used);
    }
  };
  programs.forEach(visit);
  return found;
}

test('the programs of the image need no package that only development has', () => {
  const { packages } = partsOf(programs);
  expect(packages.size).toBeGreaterThan(5);
  expect([...packages].filter((name) => manifest.dependencies[name] === undefined)).toEqual([]);
});

test('nor the embedded ClickHouse, half a gigabyte for local servers', () => {
  expect(partsOf(programs).packages).not.toContain('chdb');
});

test('every file the programs are made of is in the build', () => {
  const copied = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const missing = [...partsOf(programs).files].filter(
    (file) => !copied.some((folder) => file === folder || file.startsWith(`${folder}/`)),
  );
  expect(missing).toEqual([]);
  expect(ignored.filter((line) => !line.startsWith('#'))[0]).toBe('*');
});

test('what is copied into the build is there to be copied', () => {
  const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)];
  const named = copies.flatMap(([, paths = '']) => paths.split(' '));
  const there = (path: string) =>
    files.some((file) => file.path === path || file.path.startsWith(`${path}/`));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !there(path))).toEqual([]);
});

test('the image is pinned, and runs without root', () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(new Set(bases).size).toBe(1);
  expect(bases[0]).toMatch(/^node:20\.\d+\.\d+-/);
  expect(dockerfile.trim().split('\n').at(-2)).toBe('USER node');
});
