import { readFlags } from '../../../../deploy/start/options';
import { portOf, servicePlans } from '../../../../deploy/start/service-plans';

test('without flags everything starts and keeps its data', () => {
  expect(readFlags([])).toMatchObject({ fresh: false, exit: false, tenant: 'demo' });
  expect(readFlags([]).replay).toBeUndefined();
});

test('a replay with its flags', () => {
  const flags = readFlags([
    ...['--fresh', '--replay', 'f.csv', '--format', 'ga4', '--speed', '500'],
    ...['--shuffle', 'all', '--summary', 'out.json', '--exit', '--traffic', 'off'],
  ]);
  expect(flags).toMatchObject({
    fresh: true,
    replay: 'f.csv',
    format: 'ga4',
    speed: 500,
    shuffle: 'all',
    summary: 'out.json',
    exit: true,
  });
});

test.each([
  [['--replay', 'f.csv'], '--replay needs --format'],
  [['--format', 'xml'], 'Allowed choices are ga4, segment'],
  [['--frehs'], 'Did you mean --fresh'],
])('%j ends with what to do', (args, advice) => {
  const exit = jest.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('exit');
  });
  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(() => readFlags(args)).toThrow('exit');
  expect(exit).toHaveBeenCalledWith(1);
  expect(stderr.mock.calls.join()).toContain(advice);
  jest.restoreAllMocks();
});

test('no two services listen on one port, and each port can be moved', () => {
  expect(new Set(servicePlans.map((plan) => portOf(plan, {}))).size).toBe(servicePlans.length);
  for (const plan of servicePlans) {
    expect(portOf(plan, { [plan.portVariable]: '29000' })).toBe(29_000);
  }
});
