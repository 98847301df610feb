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

test('whoever asks has a turn of the event loop alone, in the order of asking', async () => {
  const turns = createTurns();
  const loop = aLoop();
  const had: [string, number][] = [];
  const work = async (name: string, pieces: number) => {
    for (let piece = 0; piece < pieces; piece += 1) {
      await turns.mine();
      had.push([name, loop.turn]);
    }
  };
  await Promise.all([work('a', 2), work('b', 2), work('c', 1)]);
  await work('late', 1);
  loop.stopped = true;
  expect(had.map(([name]) => name)).toEqual(['a', 'b', 'c', 'a', 'b', 'late']);
  const taken = had.map(([, turn]) => turn);
  expect(new Set(taken).size).toBe(taken.length);
});
