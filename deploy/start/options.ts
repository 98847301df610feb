import { Command, Option } from 'commander';
import { addReplayFlags, type ReplayFlags } from '../replay/options';

export interface StartFlags extends ReplayFlags {
  readonly fresh: boolean;
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
      new Option('--traffic <mode>', 'off: no events but those you send')
        .choices(['off'])
        .default('off'),
    )
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
