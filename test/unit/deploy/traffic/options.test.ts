import { Command } from 'commander';
import {
  addTrafficFlags,
  type TrafficFlags,
  trafficArguments,
} from '../../../../deploy/traffic/options';

function flagsOf(argv: readonly string[]): TrafficFlags {
  const quiet = { writeErr: () => {} };
  const command = addTrafficFlags(new Command().exitOverride().configureOutput(quiet));
  return command.parse([...argv], { from: 'user' }).opts();
}

test('without flags it is a demonstration that lasts', () => {
  expect(flagsOf([])).toEqual({
    collector: 'http://127.0.0.1:8080',
    writeKey: 'demo-write-key',
    rate: 50,
    pace: 10,
    seed: 1,
    followed: 'demo-visitor',
    offlineHours: { least: 1, most: 6 },
    labelsMb: 64,
  });
});

test('flags written out again are read as the same', () => {
  const flags = flagsOf([
    ...['--collector', 'http://c:1', '--write-key', 'k', '--rate', '1000', '--pace', '2.5'],
    ...['--seed', '7', '--followed', 'bea', '--offline-hours', '0.5-8', '--for', '120'],
    ...['--labels', 'a file.jsonl', '--labels-mb', '8'],
  ]);
  expect(flags).toMatchObject({ rate: 1000, for: 120, offlineHours: { least: 0.5, most: 8 } });
  expect(flagsOf(trafficArguments(flags))).toEqual(flags);
  expect(trafficArguments({ collector: 'http://c:1', rate: 500 })).toEqual([
    '--collector',
    'http://c:1',
    '--rate',
    '500',
  ]);
});

test.each([
  ['--rate', '0'],
  ['--rate', 'fast'],
  ['--pace', '0.5'],
  ['--seed', '-1'],
  ['--for', '0'],
  ['--offline-hours', '6-1'],
  ['--offline-hours', '0'],
  ['--labels-mb', 'NaN'],
])('%s %s is refused', (flag, value) => {
  expect(() => flagsOf([flag, value])).toThrow(/argument '.*' is invalid/);
});
