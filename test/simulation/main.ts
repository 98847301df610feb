import { parseArgs } from 'node:util';
import { testCodecs } from '../support/fakes/codecs';
import { type BugName, bugNames } from './bugs';
import { simulate } from './world';

const usage = `Usage: npm run simulate -- [--seeds N] [--seed S] [--bug NAME] [--trace]
  --seeds N   this many seeds (1000)
  --seed S    the first of them, or with --trace the only one (1)
  --bug NAME  with a fault planted: ${bugNames.join(', ')}
  --trace     prints everything that happens`;

interface Options {
  readonly first: number;
  readonly seeds: number;
  readonly bug: BugName | undefined;
  readonly trace: boolean;
}

function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string', default: '1' },
      bug: { type: 'string' },
      trace: { type: 'boolean', default: false },
    },
  });
  const { seed, trace } = values;
  const seeds = values.seeds ?? (trace ? '1' : '1000');
  const bug = bugNames.find((name) => name === values.bug);
  const isWrong = values.bug !== undefined && bug === undefined;
  if (isWrong || ![seed, seeds].every((one) => /^\d{1,9}$/.test(one))) throw new Error(usage);
  return { first: Number(seed), seeds: Number(seeds), bug, trace };
}

/** Runs seeds and prints what is not as it must be. Answers with the number of seeds that differ. */
async function main(options: Options): Promise<number> {
  const { first, seeds, bug, trace } = options;
  const codecs = await testCodecs();
  const startedAt = performance.now();
  const usedAt = process.cpuUsage();
  let [done, differing] = [0, 0];
  for (let seed = first; seed < first + seeds; seed += 1) {
    const { differences } = await simulate(seed, {
      codecs,
      ...(bug && { bug }),
      ...(trace && { onEvent: (line) => print(line) }),
    });
    done += 1;
    if (differences.length > 0) {
      differing += 1;
      print(`seed ${seed}: ${differences.length} differences`);
      for (const difference of differences) print(`  ${difference}`);
      print(`  again: npm run simulate -- --seed ${seed} --trace${bug ? ` --bug ${bug}` : ''}`);
    }
    if (bug !== undefined && differing > 0) break;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(usedAt);
  const perSecond = `${(done / seconds).toFixed(0)}/s, ${((done * 1e6) / (user + system)).toFixed(0)}`;
  print(
    `${done} seeds from ${first} in ${seconds.toFixed(1)} s (${perSecond} per second of CPU time)`,
  );
  print(`${differing} differ`);
  return differing;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

Promise.resolve()
  .then(() => main(optionsOf(process.argv.slice(2))))
  .then(
    (differing) => {
      process.exitCode = differing > 0 ? 1 : 0;
    },
    (error: Error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    },
  );
