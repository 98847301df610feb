import { Command, Option } from 'commander';
import { addReplayFlags, type ReplayFlags } from '../replay/options';
import { paceOption, rateOption } from '../traffic/options';

export interface StartFlags extends ReplayFlags {
  readonly fresh: boolean;
  /** Whether made-up visitors come; undefined is for the launcher to choose. */
  readonly traffic?: 'on' | 'off';
  /** Their events a second. */
  readonly rate: number;
  /** How much faster than in life they move. */
  readonly pace: number;
  readonly replay?: string;
  /** Whose figures the summary shows. */
  readonly tenant: string;
  readonly summary?: string;
  readonly exit: boolean;
}

/** Reads the command line of `npm start`; commander prints faults and `--help` by itself. */
export function readFlags(argv: readonly string[]): StartFlags {
  const command = new Command('npm start --')
    .description('starts the servers and the services, and keeps them running until Ctrl-C')
    .option('--fresh', 'empty the local data first', false)
    .addOption(
      new Option(
        '--traffic <mode>',
        'made-up visitors: on, but off where a file is replayed; off: only what you send',
      ).choices(['on', 'off']),
    )
    .addOption(rateOption())
    .addOption(paceOption())
    .option('--replay <file>', 'send a recorded file through and sum up')
    .option('--tenant <name>', 'whose figures the summary shows', 'demo')
    .option('--summary <file>', 'write the summary there, as JSON')
    .option('--exit', 'stop everything after the summary', false);
  addReplayFlags(command).parse([...argv], { from: 'user' });
  const flags = command.opts<StartFlags>();
  if (flags.replay !== undefined && flags.format === undefined) {
    command.error('error: --replay needs --format ga4 or --format segment');
  }
  return flags;
}
