import { eventsByTag } from '../../../../services/shared/domain/tag-events';
import { anEvent, anItem, noon } from '../../../support/event-builders';

const seen = (messageId: string, category: string, ageMs = 0) => ({
  ...anEvent({ messageId, items: [anItem({ category })] }),
  eventAt: noon - ageMs,
  weightsVersion: 1,
});

test('the first few events behind each tag, in the order given', () => {
  const events = [seen('m-3', 'Bags'), seen('m-2', 'Hats', 1), seen('m-1', 'Bags', 2)];
  const idsOf = (most: number) =>
    Object.fromEntries(
      [...eventsByTag(events, most)].map(([tag, some]) => [tag, some.map((one) => one.messageId)]),
    );
  expect(idsOf(5)).toEqual({ 'category:Bags': ['m-3', 'm-1'], 'category:Hats': ['m-2'] });
  expect(idsOf(1)).toEqual({ 'category:Bags': ['m-3'], 'category:Hats': ['m-2'] });
});

test('an event that weighs nothing is behind nothing', () => {
  const event = { ...seen('m-1', 'Bags'), type: 'order_refunded' as const };
  expect(eventsByTag([event], 5).size).toBe(0);
});
