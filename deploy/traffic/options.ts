import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultEventsPerSecond, defaultFollowed, defaultPace, type TrafficPlan } from './plan';

/** The command line of the simulator, as commander leaves it. */
export interface TrafficFlags {
  readonly collector: string;
  readonly writeKey: string;
  readonly rate: number;
  readonly pace: number;
  readonly seed: number;
  readonly followed: string;
  readonly offlineHours: TrafficPlan['offlineHours'];
  readonly for?: number;
  readonly labels?: string;
  readonly labelsMb: number;
}

/** Adds the flags of the simulator. */
export function addTrafficFlags(command: Command): Command {
  return command
    .option('--collector <url>', 'where the collector listens', 'http://127.0.0.1:8080')
    .option('--write-key <key>', 'the tenant the events belong to', 'demo-write-key')
    .addOption(rateOption())
    .addOption(paceOption())
    .addOption(new Option('--seed <n>', 'of everything drawn').argParser(wholeNumber).default(1))
    .option('--followed <id>', 'anonymousId of the person who never leaves', defaultFollowed)
    .addOption(
      new Option('--offline-hours <least-most>', 'how late phones without network deliver')
        .argParser(hours)
        .default({ least: 1, most: 6 }, '1-6'),
    )
    .addOption(
      new Option('--for <seconds>', 'stops after this time; until Ctrl-C without it').argParser(
        duration,
      ),
    )
    .option('--labels <file>', 'what each message truly is, as JSON lines')
    .addOption(
      new Option('--labels-mb <megabytes>', 'the most that --labels may hold, with FILE.1')
        .argParser(positive)
        .default(64),
    );
}

export function rateOption(): Option {
  return new Option('--rate <events>', 'events a second of made-up visitors')
    .argParser(atLeastOne)
    .default(defaultEventsPerSecond);
}

export function paceOption(): Option {
  return new Option('--pace <factor>', 'how much faster than in life they move; 1 is life')
    .argParser(atLeastOne)
    .default(defaultPace);
}

/** The flags once more, as the command line of the simulator's program. */
export function trafficArguments(flags: Partial<TrafficFlags>): readonly string[] {
  const { offlineHours, ...others } = flags;
  const range = offlineHours === undefined ? '' : `${offlineHours.least}-${offlineHours.most}`;
  const named: Readonly<Record<string, string | number | undefined>> = {
    ...others,
    ...(range === '' ? {} : { offlineHours: range }),
  };
  return Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${hyphenated(name)}`, String(value)],
  );
}

function hyphenated(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function atLeastOne(text: string): number {
  const value = positive(text);
  if (value < 1) throw new InvalidArgumentError('Give 1 or more.');
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1e9)) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

/** Timers count no further than 24 days. */
function duration(text: string): number {
  const seconds = positive(text);
  if (seconds > 2_000_000) throw new InvalidArgumentError('Give at most 2000000 seconds.');
  return seconds;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

function hours(text: string): TrafficPlan['offlineHours'] {
  const [, least = '', most = least] = /^([\d.]+)(?:-([\d.]+))?$/.exec(text) ?? [];
  const range = { least: Number(least), most: Number(most) };
  if (least === '' || !(range.least > 0) || !(range.most >= range.least)) {
    throw new InvalidArgumentError('Give a range such as 1-6.');
  }
  return range;
}
