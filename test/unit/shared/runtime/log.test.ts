import { logLevel } from 'kafkajs';
import { createLog, kafkaLogCreator } from '../../../../services/shared/runtime/log';
import { keepingLog } from '../../../support/log-lines';

function written(level?: 'debug' | 'warn') {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, log: createLog('cleaner', { ...(level && { level }), destination }) };
}

test('a line is one JSON object with service, level, time and fields', () => {
  const { log, lines } = written();
  log.debug({}, 'not shown');
  log.child({ group: 'g' }).warn({ topic: 't' }, 'waits');
  log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'lost');
  expect(lines).toEqual([
    {
      ...{ level: 'warn', service: 'cleaner', group: 'g', topic: 't', msg: 'waits' },
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    },
    expect.objectContaining({
      level: 'error',
      err: expect.objectContaining({ stack: expect.stringContaining('inner') }),
    }),
  ]);
});

test('the level says what is written', () => {
  const { log, lines } = written('debug');
  log.debug({}, 'shown');
  expect(lines).toHaveLength(1);
});

test.each([
  [logLevel.ERROR, 'Crash: KafkaJSNonRetriableError: no such thing', 'error'],
  [logLevel.ERROR, 'Offset out of range, resetting to default offset', 'error'],
  [logLevel.ERROR, 'The coordinator is not aware of this member, re-joining the group', 'warn'],
  [logLevel.ERROR, 'Response GroupCoordinator(key: 10, version: 2)', 'debug'],
  [logLevel.ERROR, 'Connection error: connect ECONNREFUSED', 'warn'],
  [logLevel.ERROR, 'Restarting the consumer in 100ms', 'warn'],
  [logLevel.WARN, 'The group is rebalancing, re-joining', 'warn'],
  [logLevel.INFO, 'Consumer has joined the group', 'debug'],
  [logLevel.DEBUG, 'Request Fetch', 'debug'],
])('kafkajs at level %i: %s is %s here', (level, message, expected) => {
  const { log, lines } = keepingLog();
  const write = kafkaLogCreator(log)(logLevel.INFO);
  const entry = { timestamp: 'now', message, groupId: 'g', logger: 'kafkajs' };
  write({ namespace: 'Consumer', level, label: '', log: entry });
  expect(lines).toEqual([
    { level: expected, fields: { groupId: 'g' }, message: `kafkajs Consumer: ${message}` },
  ]);
});

test('a broker that is down is said once, not at every try', () => {
  const { log, lines } = keepingLog();
  const write = kafkaLogCreator(log)(logLevel.INFO);
  const entry = { timestamp: 'now', message: 'Connection error: refused', logger: 'kafkajs' };
  for (let at = 0; at < 3; at += 1) {
    write({ namespace: 'Connection', level: logLevel.ERROR, label: '', log: entry });
  }
  expect(lines.map((line) => line.level)).toEqual(['warn', 'debug', 'debug']);
});
