import { segmentFormat } from '../../../../deploy/replay/segment';

const reader = segmentFormat.reader('');

test('a message with an id goes out byte for byte', () => {
  const line = '{"type":"track", "messageId":"m-1","properties":{"n":12345678901234567890}}';
  expect(reader.message(line)).toBe(line);
});

test.each(['{}', '{"messageId":null}', '{"messageId":"","event":"x"}', '{"messageId":7}'])(
  '%s gets an id that depends on the line alone',
  (line) => {
    const first = JSON.parse(reader.message(line));
    expect(first).toEqual({
      ...JSON.parse(line),
      messageId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(JSON.parse(reader.message(line))).toEqual(first);
  },
);

test.each(['', '[1]', 'null', '"text"', '{"a":'])('%s is not a message', (line) => {
  expect(() => reader.message(line)).toThrow();
});

test.each([
  ['{"timestamp":"2026-01-02T03:04:05.678Z"}', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
  ['{"originalTimestamp":"2026-01-02T03:04:05Z"}', Date.UTC(2026, 0, 2, 3, 4, 5)],
  ['{"timestamp":5}', Number.NaN],
  ['{}', Number.NaN],
])('the time of %s', (line, time) => {
  expect(reader.eventAt(line)).toBe(time);
});
