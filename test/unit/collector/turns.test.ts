import { createTurns } from '../../../services/collector/turns';

/** Turns of the event loop, counted. */
function aLoop() {
  const state = { turn: 0, stopped: false };
  const count = () => {
    state.turn += 1;
    if (!state.stopped) setImmediate(count);
  };
  setImmediate(count);
  return state;
}

/** Everybody asks at once and works for so long; in which turn of the loop each began. */
async function share(workMs: number, names: string) {
  let nowMs = 0;
  const turns = createTurns(() => nowMs);
  const loop = aLoop();
  const began: [string, number][] = [];
  const work = async (name: string) => {
    await turns.mine();
    began.push([name, loop.turn]);
    nowMs += workMs;
  };
  await Promise.all([...names].map(work));
  await work('late');
  loop.stopped = true;
  const taken = began.map(([, turn]) => turn);
  return {
    order: began.map(([name]) => name),
    together: taken.map((turn) => turn - (taken[0] ?? 0)),
  };
}

test('short work shares a turn of the event loop until four milliseconds are over', async () => {
  const { order, together } = await share(1.5, 'abcdefg');
  expect(order).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'late']);
  expect(together.slice(0, 7)).toEqual([0, 0, 0, 1, 1, 1, 2]);
  expect(together[7]).toBeGreaterThan(2);
});

test('longer work has a turn alone', async () => {
  const { order, together } = await share(20, 'abc');
  expect(order).toEqual(['a', 'b', 'c', 'late']);
  expect(new Set(together).size).toBe(4);
});

test('who asks again while others wait comes after them', async () => {
  const turns = createTurns();
  const had: string[] = [];
  const work = async (name: string) => {
    for (let piece = 0; piece < 2; piece += 1) {
      await turns.mine();
      had.push(name);
    }
  };
  await Promise.all(['a', 'b', 'c'].map(work));
  expect(had).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
});
