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
  expect(effectOf(record, judged)).toEqual({
    judged,
    applications: applicationsOf(judged),
  });
});

test('weights of later code stop the process, and it says what to do', () => {
  const read = () => effectOf(record, aJudgedEvent({ weightsVersion: 9 }));
  expect(read).toThrow(expect.objectContaining({ name: 'FatalError' }));
  expect(read).toThrow('no weights 9');
  expect(read).toThrow('clean record events.clean.v1/1/30 cannot be applied');
  expect(read).toThrow('Run the version of interests that belongs to the cleaner');
});

test('a record without an event does nothing', () => {
  const judged = { ...aJudgedEvent(), event: null };
  expect(effectOf(record, judged).applications).toEqual([]);
});
