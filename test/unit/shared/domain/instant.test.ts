import fc from 'fast-check';
import { parseInstant } from '../../../../services/shared/domain/instant';

const at = (value: unknown) => {
  const instant = parseInstant(value);
  return instant.ok ? instant.at : 'fault';
};

describe('parseInstant', () => {
  test.each<[unknown, number | null]>([
    ['2026-01-15T12:00:00Z', Date.UTC(2026, 0, 15, 12)],
    ['2026-01-15T12:00:00.123Z', Date.UTC(2026, 0, 15, 12, 0, 0, 123)],
    ['2026-01-15T12:00:00.1Z', Date.UTC(2026, 0, 15, 12, 0, 0, 100)],
    ['2026-01-15T12:00:00,123456789Z', Date.UTC(2026, 0, 15, 12, 0, 0, 123)],
    ['2026-01-15 12:00:00', Date.UTC(2026, 0, 15, 12)],
    ['2026-01-15T12:00', Date.UTC(2026, 0, 15, 12)],
    ['2026-01-15', Date.UTC(2026, 0, 15)],
    ['2026-01-15T12:00:00+14:00', Date.UTC(2026, 0, 14, 22)],
    ['2026-01-15T12:00:00-0330', Date.UTC(2026, 0, 15, 15, 30)],
    ['2026-01-15T12:00:00+01', Date.UTC(2026, 0, 15, 11)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2000-02-29', Date.UTC(2000, 1, 29)],
    [' 2026-01-15T12:00:00Z ', Date.UTC(2026, 0, 15, 12)],
    [1_768_478_400_000, 1_768_478_400_000],
    [1_768_478_400, 1_768_478_400_000],
    [1_768_478_400.25, 1_768_478_400_250],
    ['1768478400000', 1_768_478_400_000],
    ['1768478400', 1_768_478_400_000],
    [0, 0],
    [null, null],
    [undefined, null],
  ])('%p is %p', (value, expected) => {
    expect(at(value)).toBe(expected);
  });

  test.each([
    ['2026-02-30T00:00:00Z'],
    ['2026-02-29'],
    ['1900-02-29'],
    ['2026-04-31'],
    ['2026-13-01'],
    ['2026-00-10'],
    ['2026-01-00'],
    ['2026-01-15T24:00:00Z'],
    ['2026-01-15T12:60:00Z'],
    ['2026-01-15T12:00:60Z'],
    ['2026-01-15T12:00:00+16:00'],
    ['2026-01-15T12:00:00+01:60'],
    ['0001-01-01T00:00:00Z'],
    ['1969-12-31T23:59:59.999Z'],
    ['1970-01-01T00:00:00+01:00'],
    ['2300-01-01T00:00:00Z'],
    ['20260115T120000Z'],
    ['yesterday'],
    ['15/01/2026'],
    [''],
    ['2026-01-15T12:00:00Z'.padEnd(50, 'Z')],
    [-1],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1.7e15],
    [true],
    [{}],
    [['2026-01-15']],
  ])('%p is no time', (value) => {
    expect(at(value)).toBe('fault');
  });

  test('reads back every millisecond that Date writes', () => {
    const last = Date.UTC(2299, 11, 31);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: last }), (ms) => {
        expect(at(new Date(ms).toISOString())).toBe(ms);
      }),
    );
  });

  test('says what was wrong in a bounded sentence', () => {
    expect(parseInstant('x'.repeat(1000))).toEqual({
      ok: false,
      fault: `'${'x'.repeat(40)}' is no time between 1970 and 2299: send ISO 8601 or epoch milliseconds`,
    });
  });
});
