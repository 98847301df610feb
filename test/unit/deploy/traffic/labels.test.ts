import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabelFile, labelsOf } from '../../../../deploy/traffic/labels';
import { startAt } from './plans';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'labels-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const label = (number: number) => ({
  messageId: `m-${number}`,
  is: 'human',
  trueAt: new Date(startAt).toISOString(),
  anonymousId: 'ann',
});

function linesOf(file: string): unknown[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8').trimEnd();
  return text.split('\n').map((line) => JSON.parse(line));
}

test('a label says what a message is and when it truly happened', () => {
  const message = { messageId: 'm-1', anonymousId: 'ann', timestamp: '2026-01-15T15:00:00.000Z' };
  const messages = [{ message, is: 'skewed' as const, trueAt: startAt }];
  const common = { at: startAt, messages, headers: {} };
  expect(labelsOf({ ...common, clockErrorMs: 10_800_000 }, 1)).toEqual([
    {
      messageId: 'm-1',
      is: 'skewed',
      trueAt: '2026-01-15T12:00:00.000Z',
      anonymousId: 'ann',
      clockErrorMs: 10_800_000,
    },
  ]);
  expect(labelsOf({ ...common, clockErrorMs: 0 }, 3)[0]).toMatchObject({ attempts: 3 });
});

test('labels are appended, one JSON line each, over several runs', () => {
  const path = join(folder, 'labels.jsonl');
  for (const numbers of [[1, 2], [3]]) {
    const file = new LabelFile(path, 1e6);
    file.write(numbers.map(label));
    file.close();
  }
  expect(linesOf(path)).toEqual([1, 2, 3].map(label));
});

test('the two files never hold more than the bound, and hold the latest labels in order', () => {
  const path = join(folder, 'labels.jsonl');
  const maxBytes = 4_000;
  const file = new LabelFile(path, maxBytes);
  const size = (name: string) => (existsSync(name) ? statSync(name).size : 0);
  for (let number = 0; number < 500; number += 1) {
    file.write([label(number)]);
    expect(size(path) + size(`${path}.1`)).toBeLessThanOrEqual(maxBytes);
  }
  file.close();
  const kept = [...linesOf(`${path}.1`), ...linesOf(path)];
  expect(kept.length).toBeGreaterThan(15);
  expect(kept).toEqual(
    Array.from({ length: kept.length }, (_, place) => label(500 - kept.length + place)),
  );
});
