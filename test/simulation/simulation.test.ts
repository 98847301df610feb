import { testCodecs } from '../support/fakes/codecs';
import { simulate } from './world';

// A few seconds, unless others want the processor.
jest.setTimeout(900_000);

/** `npm run simulate -- --seeds N` runs more of them. */
const seeds = Array.from({ length: 150 }, (_, nth) => nth + 1);

test('whatever goes wrong, nothing is lost, nothing is twice, and every sum is right', async () => {
  const codecs = await testCodecs();
  const differing: unknown[] = [];
  for (const seed of seeds) {
    const outcome = await simulate(seed, { codecs });
    if (outcome.differences.length > 0) differing.push(outcome);
  }
  expect(differing).toEqual([]);
});

test('a seed is one run', async () => {
  const codecs = await testCodecs();
  const traceOf = async (seed: number) => {
    const lines: string[] = [];
    await simulate(seed, { codecs, onEvent: (line) => lines.push(line) });
    return lines;
  };
  for (const seed of [3, 5, 8, 13, 21]) {
    const trace = await traceOf(seed);
    expect(trace.length).toBeGreaterThan(50);
    expect(await traceOf(seed)).toEqual(trace);
  }
});
