import { effectOf } from '../../../services/interests/effect';
import { applicationsOf } from '../../../services/shared/domain/application';
import { aJudgedEvent, noon } from '../../support/event-builders';

const record = {
  topic: 'events.clean.v1',
  partition: 1,
  offset: 30,
  appendedAt: noon,
  key: null,
  value: null,
};

test('a clean record does what its event says', () => {
  const judged = aJudgedEvent();
  expect(effectOf(record, { ok: true, value: judged })).toEqual({
    judged,
    applications: applicationsOf(judged),
  });
});

test.each([
  ['bytes', { ok: false, reason: 'undecodable', message: 'items: too many' }, 'items: too many'],
  ['no event', { ok: true, value: { ...aJudgedEvent(), event: null } }, 'it has no event'],
  ['weights', { ok: true, value: aJudgedEvent({ weightsVersion: 9 }) }, 'no weights 9'],
] as const)(
  'our own topic with unreadable %s stops the process, and says what to do',
  (_, decoded, why) => {
    const read = () => effectOf(record, decoded);
    expect(read).toThrow(expect.objectContaining({ name: 'FatalError' }));
    expect(read).toThrow(why);
    expect(read).toThrow('clean record events.clean.v1/1/30 cannot be applied');
    expect(read).toThrow('Run the version of interests that belongs to the cleaner');
  },
);
