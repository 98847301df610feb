import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createChanges,
  type TenantsWatch,
  watchTenants,
} from '../../../../services/shared/runtime/tenants-watch';
import { eventually } from '../../../support/eventually';
import { keepingLog } from '../../../support/log-lines';

const everyMs = 20;
let folder: string;
let file: string;
let watch: TenantsWatch | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenants-watch-'));
  file = join(folder, 'tenants.yaml');
});
afterEach(() => {
  watch?.stop();
  rmSync(folder, { recursive: true });
});

const withKeys = (...digits: string[]) => `
tenants:
  - name: shop
    writeKeyHashes: [${digits.map((digit) => digit.repeat(64)).join(', ')}]
    timeZone: UTC
    currency: EUR
`;

async function watched(content: string) {
  const seen: string[] = [];
  const { log, lines } = keepingLog();
  writeFileSync(file, content);
  watch = watchTenants(file, {
    log,
    everyMs,
    onChange: (tenants) => {
      seen.push(tenants.flatMap((one) => one.writeKeyHashes.map((hash) => hash[0])).join(''));
    },
  });
  await sleep(3 * everyMs);
  const until = (count: number) =>
    eventually(() => seen.length >= count, { deadlineMs: 3000, message: `${count} changes` });
  return { seen, lines, until };
}

test('keys that come and go are told, each state once', async () => {
  const { seen, until } = await watched(withKeys('a', 'b'));
  writeFileSync(file, withKeys('b'));
  await until(1);
  writeFileSync(join(folder, 'next'), withKeys('b', 'c'));
  renameSync(join(folder, 'next'), file);
  await until(2);
  await sleep(5 * everyMs);
  expect(seen).toEqual(['b', 'bc']);
});

test.each([
  ['what stays is nothing new', ['a', 'a', 'a'], []],
  ['a change is taken at the second look, once', ['b', 'b', 'b'], ['b']],
  ['what is still being written is not', ['b', 'c', 'd', 'd'], ['d']],
  ['a half that was there once is not', ['b', 'a', 'a'], []],
  ['a file that is away for a moment is not gone', ['', 'a', 'a'], []],
  ['there and back again', ['b', 'b', 'a', 'a'], ['b', 'a']],
])('%s', (_name, looks, taken) => {
  const isNew = createChanges('a');
  expect(looks.filter((content) => isNew(content))).toEqual(taken);
});

test('a file with faults changes nothing, is an error once, and is taken when it is mended', async () => {
  const { seen, lines, until } = await watched(withKeys('a'));
  const errors = () => lines.filter(({ level }) => level === 'error');
  writeFileSync(file, withKeys('a').replace('EUR', 'EURO'));
  await eventually(() => errors().length > 0, { deadlineMs: 3000, message: 'an error' });
  await sleep(5 * everyMs);
  expect(errors()).toHaveLength(1);
  expect(JSON.stringify(errors())).toContain('tenants[0].currency');
  expect(seen).toEqual([]);
  writeFileSync(file, withKeys('b'));
  await until(1);
  expect(seen).toEqual(['b']);
});

test('a file that is gone changes nothing', async () => {
  const { seen, lines } = await watched(withKeys('a'));
  rmSync(file);
  await eventually(() => lines.length > 0, { deadlineMs: 3000, message: 'an error' });
  expect(lines.map(({ level }) => level)).toEqual(['error']);
  expect(seen).toEqual([]);
});

test('nothing is looked at any more once it is stopped', async () => {
  const { seen } = await watched(withKeys('a'));
  watch?.stop();
  writeFileSync(file, withKeys('b'));
  await sleep(10 * everyMs);
  expect(seen).toEqual([]);
});
