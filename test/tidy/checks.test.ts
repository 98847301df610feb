import { metricFaults, outcomeFaults, spellingFaults, tableFaults } from './catalogues';
import { settingNames, vocabularyFaults } from './documents';
import { failpointFaults } from './failpoints';
import { cycleFaults, layerFaults } from './layers';
import {
  constructFaults,
  environmentFaults,
  fileSizeFaults,
  functionSizeFaults,
  nameFaults,
} from './shape';
import { addressFaults, leftoverFaults } from './text';
import { aSource } from './tree';

const long = (lines: number) => 'x;\n'.repeat(lines);

describe('layers', () => {
  test.each([
    ['services/shared/domain/a.ts', `import { b } from '../runtime/b';`],
    ['services/shared/domain/a.ts', `import { hash } from 'node:crypto';`],
    ['services/shared/domain/a.ts', `import { isbot } from 'isbot';`],
    ['services/shared/runtime/a.ts', `import type { B } from '../stores/b';`],
    ['services/shared/runtime/a.ts', `import { Redis } from 'ioredis';`],
    ['services/shared/stores/a.ts', `import { c } from '../runtime/consumer';`],
    ['services/shared/stores/a.ts', `export { Kafka } from 'kafkajs';`],
    ['services/cleaner/stage.ts', `import { c } from '../shared/stores/redis/claims';`],
    ['services/cleaner/stage.ts', `type T = import('../metrics/stage').Stage;`],
    ['services/cleaner/stage.ts', `const redis = require('ioredis');`],
    ['services/cleaner/main.ts', `import { s } from '../metrics/stage';`],
    ['services/cleaner/main.ts', `import { s } from '../../deploy/setup/setup';`],
    ['deploy/start.ts', `import { s } from '../services/cleaner/stage';`],
    ['elsewhere/a.ts', ''],
  ])('%s may not contain %s', (path, text) => {
    expect(layerFaults([aSource(path, text)])).toHaveLength(1);
  });

  test.each([
    ['services/shared/domain/declared-bot.ts', `import { isbotMatch } from 'isbot';`],
    ['services/shared/runtime/a.ts', `import { b } from '../domain/b'; import 'node:fs';`],
    ['services/shared/stores/redis/a.ts', `import { T } from '../../runtime/errors';`],
    ['services/cleaner/main.ts', `import { c } from '../shared/stores/redis/claims';`],
    ['services/cleaner/main.ts', `import { s } from './stage';`],
    ['test/unit/a.test.ts', `import { s } from '../../services/cleaner/stage';`],
  ])('%s may contain %s', (path, text) => {
    expect(layerFaults([aSource(path, text)])).toEqual([]);
  });
});

test('a ring of imports is found and named once, also one of types', () => {
  const ring = [
    aSource('a.ts', `import { b } from './b';`),
    aSource('b.ts', `import type { C } from './c';`),
    aSource('c.ts', `export * from './a';`),
    aSource('d.ts', `import { a } from './a';`),
  ];
  expect(cycleFaults(ring)).toEqual([
    'a.ts -> b.ts -> c.ts -> a.ts: a ring; move what both need below both',
  ]);
  expect(cycleFaults(ring.slice(0, 2))).toEqual([]);
});

test('files of 300 lines are right, of 301 too long', () => {
  const file = (lines: number) => ({ path: 'a.ts', text: long(lines) });
  expect(fileSizeFaults([file(300)])).toEqual([]);
  expect(fileSizeFaults([file(301)])).toHaveLength(1);
});

test.each([
  ['a function', (body: string) => `function f() {\n${body}}`],
  ['a method', (body: string) => `class C {\nm() {\n${body}}\n}`],
  ['an arrow', (body: string) => `const f = () => {\n${body}};`],
])('%s of 70 lines is right, of 71 too long', (_kind, wrap) => {
  expect(functionSizeFaults([aSource('a.ts', wrap(long(68)))])).toEqual([]);
  expect(functionSizeFaults([aSource('a.ts', wrap(long(69)))])).toHaveLength(1);
});

test('the structure of a test file is not a function', () => {
  const source = aSource('a.test.ts', `describe('x', () => {\n${long(100)}});`);
  expect(functionSizeFaults([source])).toEqual([]);
});

test.each([
  'export default 1;',
  'export default function f() {}',
  'export default class {}',
  'enum A { B }',
  'const enum A { B }',
  `export * from './b';`,
])('the construct %s is refused', (text) => {
  expect(constructFaults([aSource('a.ts', text)])).toHaveLength(1);
});

test.each(['services/utils/a.ts', 'test/unit/helpers.ts', 'deploy/index.ts', 'bench/fooBar.ts'])(
  'the name %s is refused',
  (path) => {
    expect(nameFaults([{ path, text: '' }])).toHaveLength(1);
  },
);

test('the environment is for main.ts', () => {
  const text = 'const port = process.env.PORT;';
  expect(environmentFaults([aSource('services/cleaner/stage.ts', text)])).toHaveLength(1);
  expect(environmentFaults([aSource('services/shared/runtime/log.ts', text)])).toHaveLength(1);
  expect(environmentFaults([aSource('services/cleaner/main.ts', text)])).toEqual([]);
});

test.each(['"events.click.v1"', '`$' + '{prefix}events.clean.v1`', '`tags:{$' + '{tenant}`'])(
  '%s belongs in a catalogue',
  (literal) => {
    const source = (path: string) => aSource(path, `const name = ${literal};`);
    expect(spellingFaults([source('services/cleaner/stage.ts')])).toHaveLength(1);
    expect(spellingFaults([source('test/unit/a.test.ts')])).toEqual([]);
  },
);

test('metrics are known and counted', () => {
  const source = aSource('services/a/b.ts', `metrics.count('tributary_a_total', {});`);
  expect(metricFaults([source], ['tributary_a_total'])).toEqual([]);
  expect(metricFaults([source], [])).toHaveLength(1);
  expect(metricFaults([], ['tributary_a_total'])).toHaveLength(1);
});

test('tables are made by a migration', () => {
  const migration = {
    path: 'schemas/clickhouse/001-a.sql',
    text: 'CREATE TABLE IF NOT EXISTS events (a Int8)',
  };
  const faults = (sql: string) =>
    tableFaults([aSource('services/a/b.ts', `const sql = \`${sql}\`;`)], [migration]);
  expect(faults('SELECT 1 FROM events ARRAY JOIN items')).toEqual([]);
  expect(faults('WITH facts AS (SELECT 1 FROM events) SELECT 1 FROM facts')).toEqual([]);
  expect(faults('SELECT 1 FROM event')).toHaveLength(1);
  expect(faults('INSERT INTO orders VALUES')).toHaveLength(1);
  expect(faults('SELECT 1 FROM events LEFT JOIN people')).toHaveLength(1);
});

test('outcomes in SQL exist', () => {
  const faults = (sql: string) =>
    outcomeFaults([aSource('services/a/b.ts', `const sql = "${sql}";`)], ['counted']);
  expect(faults("WHERE outcome = 'counted'")).toEqual([]);
  expect(faults("WHERE outcome = 'kept'")).toHaveLength(1);
  expect(faults("WHERE outcome IN ('kept')")).toHaveLength(1);
});

test('addresses and paths of a machine', () => {
  const faults = (text: string) => addressFaults([{ path: 'a.md', text }]);
  expect(faults(`https://${['registry', 'npmjs', 'org'].join('.')}/x`)).toHaveLength(1);
  expect(faults(`see ${['', 'home', 'me', 'x'].join('/')}`)).toHaveLength(1);
  expect(faults('see ../shared/data and /v1/home/x')).toEqual([]);
});

test('work put off', () => {
  const text = `// ${'TO'}${'DO'}: later`;
  expect(leftoverFaults([{ path: 'services/a.ts', text }])).toHaveLength(1);
});

test('documents name settings that the code reads', () => {
  const source = aSource('deploy/a.ts', `const port = env.ANSWER_PORT ?? env['OTHER_PORT'];`);
  const known = settingNames([source]);
  const pattern = /[A-Z]+(_[A-Z]+)+/g;
  const faults = (text: string) =>
    vocabularyFaults([{ path: 'README.md', text }], [{ what: 'setting', pattern, known }]);
  expect(faults('set ANSWER_PORT or OTHER_PORT')).toEqual([]);
  expect(faults('a line\nset ANSWER_PROT')).toEqual([
    'README.md:2: there is no setting ANSWER_PROT; write what there is',
  ]);
});

describe('failpoints', () => {
  const store = aSource(
    'services/shared/stores/redis/marks.ts',
    `export function createMarks(redis) { return { mark: () => put(redis), read: () => redis.get('a') }; }
     function put(redis) { return redis.set('a', 1); }
     export function createReader(redis) { return redis.hgetall('a'); }`,
  );
  const main = (text: string) =>
    aSource(
      'services/cleaner/main.ts',
      `import { createMarks, createReader } from '../shared/stores/redis/marks';\n${text}`,
    );
  const faults = (text: string) => failpointFaults([store, main(text)], ['cleaner.mark']);

  test.each([
    `failpoints.around(createMarks(redis), { mark: 'cleaner.mark' }); createReader(redis);`,
    `createMarks(failpoints.around(redis, { set: 'cleaner.mark' }));`,
    `createMarks({ redis, mark: (call) => failpoints.through('cleaner.mark', call) });`,
  ])('%s passes one', (text) => {
    expect(faults(text)).toEqual([]);
  });

  test.each([
    [`createMarks(redis); x('cleaner.mark');`, 'createMarks has side effects'],
    [`redis.set('a', 1); x('cleaner.mark');`, 'redis.set past every failpoint'],
    [`createReader(redis);`, 'cleaner.mark stands in 0 places'],
    [`x('cleaner.mark'); y('cleaner.mark');`, 'cleaner.mark stands in 2 places'],
  ])('%s does not', (text, fault) => {
    expect(faults(text)).toEqual([expect.stringContaining(fault)]);
  });
});
