import fc from 'fast-check';
import { eventTime, futureMs, healthyMs } from '../../../../services/shared/domain/event-time';

const received = Date.UTC(2026, 0, 15, 12);
const minute = 60_000;

describe('eventTime', () => {
  test.each([
    ['no time', null, null, received, 'absent'],
    ['no time, but a time of sending', null, received, received, 'absent'],
    ['an import', received - 9e11, null, received - 9e11, 'as_sent'],
    ['an import a day ahead', received + futureMs, null, received + futureMs, 'as_sent'],
    ['an import further ahead', received + futureMs + 1, null, received, 'future'],
    ['transit time is not added', received - 900, received - 400, received - 900, 'healthy'],
    ['exactly five minutes slow', received - 9e5, received - healthyMs, received - 9e5, 'healthy'],
    ['exactly five minutes fast', received, received + healthyMs, received, 'healthy'],
    ['an hour slow', received - 61 * minute, received - 60 * minute, received - minute, 'shifted'],
    ['an hour fast', received + 59 * minute, received + 60 * minute, received - minute, 'shifted'],
    ['set back to 1970', 60_000, 120_000, received - minute, 'shifted'],
    ['shifted into the future', received, received - 25 * 60 * minute, received, 'future'],
    ['shifted to before 1970', 1000, received + 1e6, received, 'absent'],
    [
      'healthy, queued on the device for a week',
      received - 6048e5,
      received,
      received - 6048e5,
      'healthy',
    ],
  ] as const)('%s', (_name, originalAt, sentAt, eventAt, clock) => {
    expect(eventTime({ originalAt, sentAt, receivedAt: received })).toEqual({ eventAt, clock });
  });

  test('keeps the order and the distances of the events of one device within one request', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -30 * minute, max: 30 * minute }),
        fc.array(fc.integer({ min: 0, max: 864e5 }), { minLength: 2 }),
        (error, ages) => {
          const sentAt = received + error;
          const times = ages.map((age) =>
            eventTime({ originalAt: sentAt - age, sentAt, receivedAt: received }),
          );
          const distance = times.map(({ eventAt }, index) => eventAt + (ages[index] ?? 0));
          expect(new Set(distance).size).toBe(1);
        },
      ),
    );
  });
});
