import { Command, InvalidArgumentError } from 'commander';

/** What is measured, and for how long. */
export interface BenchFlags {
  /** Events a request, one measurement each. */
  readonly sizes: readonly number[];
  /** Of each measurement of the sustained rate. */
  readonly seconds: number;
  readonly connections: number;
  /** Of the long run, at the sustained rate; 0 for none. */
  readonly soak: number;
  /** Events a request of the long run. */
  readonly soakSize: number;
  /** Of each run at more than the sustained rate; 0 for none. */
  readonly overload: number;
  /** How many times the sustained rate that is. */
  readonly overloadFactor: number;
  readonly overloadConnections: number;
}

export function readFlags(argv: readonly string[]): BenchFlags {
  return new Command('npm run bench:collector --')
    .description('how much a collector takes, whether its memory stays flat, and what is too much')
    .option('--sizes <list>', 'events a request', positives, [1, 20, 100])
    .option('--seconds <n>', 'of each measurement', atLeastZero, 30)
    .option('--connections <n>', 'clients of the sustained rate', atLeastZero, 64)
    .option('--soak <seconds>', 'how long memory is watched; 0: not at all', atLeastZero, 600)
    .option('--soak-size <n>', 'events a request meanwhile', atLeastZero, 20)
    .option('--overload <seconds>', 'of each overload; 0: none', atLeastZero, 60)
    .option('--overload-factor <n>', 'times the sustained rate', atLeastZero, 2)
    .option('--overload-connections <n>', 'most clients that wait at once', atLeastZero, 4000)
    .parse([...argv], { from: 'user' })
    .opts<BenchFlags>();
}

function atLeastZero(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('Give a number.');
  return value;
}

function positives(text: string): readonly number[] {
  const values = text.split(',').map(Number);
  if (values.every((value) => Number.isInteger(value) && value > 0)) return values;
  throw new InvalidArgumentError('Give numbers of events such as 1,20,100.');
}
