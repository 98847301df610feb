import { Command } from 'commander';
import {
  addReplayFlags,
  type ReplayFlags,
  replayArguments,
  variationOf,
} from '../../../../deploy/replay/options';

function parse(...args: readonly string[]): ReplayFlags {
  const command = addReplayFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse([...args], { from: 'user' }).opts<ReplayFlags>();
}

test('left alone, a file goes out as it stands, as fast as it can', () => {
  expect(variationOf(parse())).toBeNull();
  expect(parse()).toMatchObject({ speed: 'max', writeKey: 'demo-write-key', seed: 1 });
});

test('every flag', () => {
  const flags = parse(
    ...['--format', 'ga4', '--speed', '2500', '--write-key', 'k', '--repeat', '1-3'],
    ...['--shuffle', '60s', '--late', '2%:3h', '--seed', '9'],
  );
  expect(flags).toMatchObject({ format: 'ga4', speed: 2500, writeKey: 'k' });
  expect(variationOf(flags)).toEqual({
    repeat: { least: 1, most: 3 },
    shuffle: 60_000,
    late: { share: 0.02, byMs: 3 * 3_600_000 },
    seed: 9,
  });
});

test.each([
  [[]],
  [['--format', 'segment', '--shuffle', 'all', '--speed', '10']],
  [['--repeat', '2', '--shuffle', '1.5m', '--late', '10%:250ms', '--seed', '4']],
])('%j survives being passed on', (args) => {
  const flags = parse(...args);
  expect(parse(...replayArguments(flags))).toEqual(flags);
});

test.each([
  ['--format', 'csv'],
  ['--speed', 'fast'],
  ['--speed', '0'],
  ['--repeat', '3-1'],
  ['--repeat', '0-2'],
  ['--shuffle', '60'],
  ['--late', '2:3h'],
  ['--late', '200%:3h'],
  ['--seed', '-1'],
])('%s %s is refused', (flag, value) => {
  expect(() => parse(flag, value)).toThrow();
});
