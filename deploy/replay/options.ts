import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Speed } from './pace';
import type { FormatName } from './replay';
import type { Variation } from './variation';

/** The replay's part of a command line, as commander leaves it. */
export interface ReplayFlags {
  readonly format?: FormatName;
  readonly speed: Speed;
  readonly writeKey: string;
  readonly repeat: Variation['repeat'];
  readonly shuffle: Variation['shuffle'];
  readonly late: Variation['late'];
  readonly seed: number;
}

/** Adds the flags that say how a file is replayed; bench and tests offer the same ones. */
export function addReplayFlags(command: Command): Command {
  return command
    .addOption(new Option('--format <name>', 'what the file holds').choices(['ga4', 'segment']))
    .addOption(
      new Option('--speed <events>', 'events a second, or max').argParser(speed).default('max'),
    )
    .option('--write-key <key>', 'the tenant the events belong to', 'demo-write-key')
    .addOption(
      new Option('--repeat <least-most>', 'send each line so many times, drawn from the range')
        .argParser(range)
        .default({ least: 1, most: 1 }, '1'),
    )
    .addOption(
      new Option('--shuffle <span>', "all, or how far (60s) a line may move in the file's time")
        .argParser(shuffle)
        .default(null, 'none'),
    )
    .addOption(
      new Option('--late <share:delay>', 'send a share of the lines later, e.g. 2%:3h')
        .argParser(late)
        .default(null, 'none'),
    )
    .addOption(new Option('--seed <n>', 'of everything drawn').argParser(wholeNumber).default(1));
}

/** Null where the flags leave the file as it stands. */
export function variationOf({ repeat, shuffle, late, seed }: ReplayFlags): Variation | null {
  const plain = repeat.least === 1 && repeat.most === 1 && shuffle === null && late === null;
  return plain ? null : { repeat, shuffle, late, seed };
}

/** The flags once more, as the command line of the replay program. */
export function replayArguments(flags: ReplayFlags): readonly string[] {
  const { format, shuffle, late, repeat } = flags;
  return [
    ...(format === undefined ? [] : ['--format', format]),
    ...['--speed', String(flags.speed)],
    ...['--write-key', flags.writeKey],
    ...['--repeat', `${repeat.least}-${repeat.most}`],
    ...(shuffle === null ? [] : ['--shuffle', shuffle === 'all' ? shuffle : `${shuffle}ms`]),
    ...(late === null ? [] : ['--late', `${late.share * 100}%:${late.byMs}ms`]),
    ...['--seed', String(flags.seed)],
  ];
}

function speed(text: string): Speed {
  if (text === 'max') return text;
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Give events a second, or max.');
  return value;
}

function range(text: string): Variation['repeat'] {
  const [, least = '', most = least] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const repeat = { least: Number(least), most: Number(most) };
  if (least === '' || repeat.least < 1 || repeat.most < repeat.least) {
    throw new InvalidArgumentError('Give a range such as 1-3.');
  }
  return repeat;
}

function shuffle(text: string): Variation['shuffle'] {
  return text === 'all' ? 'all' : duration(text);
}

function late(text: string): Variation['late'] {
  const [, percent = '', delay = ''] = /^([\d.]+)%:(.+)$/.exec(text) ?? [];
  const share = Number(percent) / 100;
  if (percent === '' || !(share <= 1)) {
    throw new InvalidArgumentError('Give a share and a delay such as 2%:3h.');
  }
  return { share, byMs: duration(delay) };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function duration(text: string): number {
  const [, amount = '', unit = ''] = /^([\d.]+)(ms|s|m|h)$/.exec(text) ?? [];
  const value = Number(amount) * (units[unit] ?? Number.NaN);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Give a time such as 60s or 3h.');
  return value;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}
