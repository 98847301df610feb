import { segmentFormat } from '../../../../deploy/replay/segment';
import { sendingOrder, type Variation } from '../../../../deploy/replay/variation';

const plain: Variation = { repeat: { least: 1, most: 1 }, shuffle: null, late: null, seed: 7 };
const second = 1000;
const count = 2000;
const lines = Array.from({ length: count }, (_, index) =>
  JSON.stringify({ timestamp: new Date(index * second).toISOString() }),
);

function order(variation: Partial<Variation>, given: readonly string[] = lines): number[] {
  return [...sendingOrder(given, segmentFormat.reader(''), { ...plain, ...variation })];
}

const inOrder = lines.map((_, index) => index);

test('without any change the file goes out as it stands', () => {
  expect(order({})).toEqual(inOrder);
});

test('the same seed gives the same order, another seed another', () => {
  expect(order({ shuffle: 'all' })).toEqual(order({ shuffle: 'all' }));
  expect(order({ shuffle: 'all' })).not.toEqual(order({ shuffle: 'all', seed: 8 }));
});

test('shuffling everything sends each line once, anywhere', () => {
  const sent = order({ shuffle: 'all' });
  expect([...sent].sort((a, b) => a - b)).toEqual(inOrder);
  const farthest = Math.max(...sent.map((line, place) => Math.abs(line - place)));
  expect(farthest).toBeGreaterThan(count / 2);
});

test('a shuffle within 60 s moves a line past no line that is 60 s later', () => {
  const sent = order({ shuffle: 60 * second });
  expect(sent).not.toEqual(inOrder);
  let latest = 0;
  for (const line of sent) {
    expect(line).toBeGreaterThanOrEqual(latest - 60);
    latest = Math.max(latest, line);
  }
});

test('repeats draw each count of the range about equally often', () => {
  const sent = order({ repeat: { least: 1, most: 3 } });
  const copies = inOrder.map((line) => sent.filter((one) => one === line).length);
  for (const times of [1, 2, 3]) {
    const share = copies.filter((one) => one === times).length / count;
    expect(share).toBeCloseTo(1 / 3, 1);
  }
  expect(new Set(copies)).toEqual(new Set([1, 2, 3]));
});

test('late lines go out after those of the hours between, at the share asked for', () => {
  const sent = order({ late: { share: 0.02, byMs: 600 * second } });
  let [latest, late] = [0, 0];
  for (const line of sent) {
    if (line < latest) late += 1;
    latest = Math.max(latest, line);
  }
  expect(late / count).toBeGreaterThan(0.01);
  expect(late / count).toBeLessThan(0.035);
  expect([...sent].sort((a, b) => a - b)).toEqual(inOrder);
});

test('a line without a readable time stays with the line before it', () => {
  const [first, last] = [lines[5], lines[900]] as [string, string];
  expect(order({}, [first, 'no JSON', last, '{}'])).toEqual([0, 1, 2, 3]);
});
