import { testCodecs } from '../support/fakes/codecs';
import { bugNames } from './bugs';
import { simulate } from './world';

// A few seconds, unless others want the processor.
jest.setTimeout(900_000);

test.each(bugNames)('the planted bug %s is found within 1,000 seeds', async (bug) => {
  const codecs = await testCodecs();
  for (let seed = 1; seed <= 1000; seed += 1) {
    const { differences } = await simulate(seed, { codecs, bug });
    if (differences.length === 0) continue;
    process.stderr.write(`${bug}: found by seed ${seed} (${differences.length} differences)\n`);
    return;
  }
  throw new Error(`no seed found ${bug}`);
});
