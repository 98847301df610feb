import {
  describeSettings,
  parseSettings,
  readSettings,
  setting,
} from '../../../../services/shared/runtime/config';
import {
  between,
  integer,
  list,
  milliseconds,
  oneOf,
  optional,
  secret,
  text,
  url,
} from '../../../../services/shared/runtime/parser';

const table = {
  brokers: setting(list, { env: 'BROKERS', default: ['a:1'], doc: 'Brokers.' }),
  waitMs: setting(milliseconds, { env: 'WAIT', default: 200, doc: 'Wait.' }),
  port: setting(between(integer, { min: 1, max: 65_535 }), { env: 'PORT', doc: 'Port.' }),
  level: setting(oneOf('info', 'warn'), { env: 'LEVEL', default: 'info', doc: 'Level.' }),
  password: setting(optional(secret), { env: 'PASSWORD', default: null, doc: 'Password.' }),
  registry: setting(url, { env: 'REGISTRY', default: 'http://localhost:1', doc: 'Registry.' }),
};

test('values are parsed, defaults fill in, an empty variable counts as unset', () => {
  const parsed = parseSettings(table, { PORT: '8080', BROKERS: 'x:1, y:2,', WAIT: '', OTHER: '1' });
  expect(parsed).toEqual({
    ok: true,
    settings: {
      brokers: ['x:1', 'y:2'],
      waitMs: 200,
      port: 8080,
      level: 'info',
      password: null,
      registry: 'http://localhost:1',
    },
  });
  if (parsed.ok) expect(Object.isFrozen(parsed.settings)).toBe(true);
});

test('every fault is listed at once, with the variable and what it must be', () => {
  expect(parseSettings(table, { WAIT: '5 parsecs', LEVEL: 'loud', REGISTRY: 'nowhere' })).toEqual({
    ok: false,
    faults: [
      "WAIT must be a number followed by ms, s, m, h, d or nothing, and is '5 parsecs'",
      'PORT is not set: Port.',
      'LEVEL must be one of info, warn',
      'REGISTRY must be a URL such as http://127.0.0.1:8081',
    ],
  });
  expect(parseSettings(table, { PORT: '70000' })).toEqual({
    ok: false,
    faults: ['PORT must be at most 65535, and is 70000'],
  });
});

test('what is printed has units and no secrets', () => {
  const parsed = parseSettings(table, {
    PORT: '1',
    PASSWORD: 'hush',
    REGISTRY: 'http://u:hush@h:1/x',
  });
  if (!parsed.ok) throw new Error('not parsed');
  const lines = describeSettings(table, parsed.settings);
  expect(lines).toContain('WAIT=200 ms  # Wait.');
  expect(lines).toContain('PASSWORD=***  # Password.');
  expect(lines).toContain('REGISTRY=http://u:***@h:1/x  # Registry.');
  expect(lines.join()).not.toContain('hush');
});

describe('readSettings', () => {
  const ended = (code?: number | string | null) => {
    throw new Error(`exit ${code}`);
  };
  afterEach(() => jest.restoreAllMocks());

  test('exits 78 with every fault on standard error', () => {
    jest.spyOn(process, 'exit').mockImplementation(ended);
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => readSettings(table, { WAIT: 'x' }, [])).toThrow('exit 78');
    expect(write.mock.calls.join()).toContain('config: WAIT must be');
    expect(write.mock.calls.join()).toContain('config: PORT is not set');
  });

  test('--check-config prints the settings and exits 0', () => {
    jest.spyOn(process, 'exit').mockImplementation(ended);
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(() => readSettings(table, { PORT: '1' }, ['--check-config'])).toThrow('exit 0');
    expect(write.mock.calls.join()).toContain('PORT=1  # Port.');
  });
});

test('a default of another type does not compile', () => {
  // @ts-expect-error: the default must be what the parser makes
  setting(integer, { env: 'X', default: 'one', doc: '' });
  expect(setting(text, { env: 'X', default: 'one', doc: '' }).fallback).toEqual({ value: 'one' });
});
