import { Command, InvalidArgumentError } from 'commander';

export interface FuzzFlags {
  readonly seed: number;
  readonly requests: number;
  readonly records: number;
  readonly connections: number;
  readonly pipelined: number;
}

/** `npm run fuzz -- --seed 1 --requests 600000 --records 1400000`. */
export function parseFlags(args: readonly string[]): FuzzFlags {
  const command = new Command('fuzz')
    .description('sends seeded bytes, from sound to none at all, through everything')
    .option('--seed <n>', 'the same seed makes the same bytes', whole, 1)
    .option('--requests <n>', 'HTTP requests to the collector', whole, 50_000)
    .option('--records <n>', 'records appended to the raw topics', whole, 100_000)
    .option('--connections <n>', 'connections that send requests', whole, 8)
    .option('--pipelined <n>', 'requests that a connection sends before it reads', whole, 16);
  return command.parse(args, { from: 'user' }).opts<FuzzFlags>();
}

function whole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give a whole number.');
}
