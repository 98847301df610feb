import { applicationsOf } from '../../../../services/shared/domain/application';
import { applicationsOfRow, claimOfRow } from '../../../../services/shared/domain/rebuilding';
import { claimOf } from '../../../../services/shared/domain/settle';
import { aDecision, aJudgedEvent } from '../../../support/event-builders';

const counted = aJudgedEvent();
const bot = aJudgedEvent({ outcome: 'bot', reason: 'declared_bot', firstCounted: false });
const retracted = aDecision(counted, { outcome: 'rejected', reason: 'retracted', version: 9 });
const restored = aDecision(bot, { outcome: 'counted', reason: 'restored', version: 9 });

test('an original does what it did; what never counted does nothing', () => {
  expect(applicationsOfRow(counted)).toEqual(applicationsOf(counted));
  expect(applicationsOfRow(bot)).toEqual([]);
});

test('of a record that was decided on, the original comes first where it counted', () => {
  expect(applicationsOfRow(retracted)).toEqual([
    ...applicationsOf(counted),
    ...applicationsOf(retracted),
  ]);
  expect(applicationsOfRow(restored)).toEqual(applicationsOf(restored));
});

test('a claim is the one that was made first, whatever was decided since', () => {
  expect(claimOfRow(counted)).toEqual(claimOf(counted));
  expect(claimOfRow(retracted)).toEqual(claimOf(counted));
  expect(claimOfRow(bot)).toEqual(claimOf(bot));
  expect(claimOfRow(restored)?.verdict).toEqual({ outcome: 'held', reason: 'rule' });
});

test('what has no claim on its message id gets none', () => {
  const heldBy = { topic: 'events.click.v1', partition: 0, offset: 1 };
  expect(
    claimOfRow(aJudgedEvent({ outcome: 'duplicate', reason: 'same_message', heldBy })),
  ).toBeNull();
  expect(claimOfRow(aJudgedEvent({ outcome: 'dead', reason: 'no_user' }))).toBeNull();
  expect(claimOfRow({ ...counted, event: null })).toBeNull();
});
