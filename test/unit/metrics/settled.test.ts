import { createSettled } from '../../../services/metrics/settled';

test('what was judged is settled once metrics has committed as far as was published then', async () => {
  let judged = new Map([['clicks/0', 10]]);
  let ends = new Map([
    ['clean/0', 7],
    ['rejected/0', 3],
  ]);
  let written = new Map([['clean/0', 7]]);
  const settled = createSettled({
    judged: async () => judged,
    ends: async () => ends,
    written: async () => written,
  });
  expect(await settled.look()).toEqual(new Map());
  judged = new Map([['clicks/0', 99]]);
  ends = new Map([['clean/0', 90]]);
  written = new Map([
    ['clean/0', 8],
    ['rejected/0', 3],
  ]);
  expect(await settled.look()).toEqual(new Map([['clicks/0', 10]]));
  expect(await settled.look()).toEqual(new Map([['clicks/0', 10]]));
  written = new Map([['clean/0', 90]]);
  expect(await settled.look()).toEqual(new Map([['clicks/0', 99]]));
});

test('what judges is asked before the ends of what it publishes', async () => {
  const asked: string[] = [];
  const asking = (what: string) => async () => {
    asked.push(what);
    return new Map<string, number>();
  };
  const [judged, ends, written] = [asking('judged'), asking('ends'), asking('written')];
  await createSettled({ judged, ends, written }).look();
  expect(asked).toEqual(['judged', 'ends', 'written']);
});
