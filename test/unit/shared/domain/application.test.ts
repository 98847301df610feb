import { applicationsOf } from '../../../../services/shared/domain/application';
import { contributionsOf } from '../../../../services/shared/domain/interest';
import { aChannel, aDecision, aJudgedEvent, anEvent, noon } from '../../../support/event-builders';

const event = anEvent({ category: 'Bags', channel: aChannel({ group: 'Email' }) });
const original = aJudgedEvent({ event });

test('an original counts once under its coordinates, for each of its ids', () => {
  const effect = {
    tenant: 'demo',
    source: original.source,
    type: 'product_viewed',
    tags: contributionsOf(event, 1),
    decision: null,
    seen: { at: noon, channel: 'Email' },
  };
  expect(applicationsOf(original)).toEqual([{ ...effect, id: 'ann' }]);
  const both = aJudgedEvent({ event: { ...event, userId: 'u-1' } });
  expect(applicationsOf(both)).toEqual([
    { ...effect, id: 'ann' },
    { ...effect, id: 'u-1' },
  ]);
});

test('an event whose ids are equal takes effect once', () => {
  const same = aJudgedEvent({ event: { ...event, userId: 'ann' } });
  expect(applicationsOf(same).map(({ id }) => id)).toEqual(['ann']);
});

test('a decision says where it leads and where it started', () => {
  expect(applicationsOf(aDecision(original, { version: 9 }))[0]).toMatchObject({
    decision: { version: 9, target: 0, first: 1 },
    tags: contributionsOf(event, 1),
    seen: null,
  });
  const held = { ...original, firstCounted: false };
  const released = aDecision(held, { outcome: 'counted', reason: 'released', version: 10 });
  expect(applicationsOf(released)[0]).toMatchObject({
    decision: { version: 10, target: 1, first: 0 },
    seen: { at: noon, channel: 'Email' },
  });
});

test('a record without an event does nothing', () => {
  expect(applicationsOf({ ...original, event: null })).toEqual([]);
});
