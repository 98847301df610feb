import { withDerived } from '../../../../services/shared/domain/derived';
import type { Event } from '../../../../services/shared/domain/event';
import { sha256Hex } from '../../../../services/shared/runtime/hash';
import { aChannel, anEvent, noon } from '../../../support/event-builders';

const tenant = { ownDomains: ['shop.example'], sourceCategories: new Map() };
const derive = (event: Event) => withDerived(event, noon + 500, { tenant, sha256Hex });
const foreign = (part: Partial<Event> = {}): Event => ({
  ...anEvent(),
  receivedAt: null,
  eventAt: null,
  clock: null,
  contentHash: null,
  ...part,
});

test("the collector's events come back as they are", () => {
  const event = anEvent({ channel: aChannel({ source: 'google', group: null }) });
  expect(derive(event)).toBe(event);
});

test('of another producer’s event the append time is the receipt', () => {
  expect(derive(foreign())).toMatchObject({
    receivedAt: noon + 500,
    eventAt: noon,
    clock: 'healthy',
    contentHash: expect.stringMatching(/^a[0-9a-f]{31}$/),
  });
});

test('what it filled in itself is kept', () => {
  const filled = foreign({ receivedAt: noon + 9, eventAt: noon + 8, contentHash: 'its own' });
  expect(derive(filled)).toMatchObject({
    receivedAt: noon + 9,
    eventAt: noon + 8,
    clock: 'healthy',
    contentHash: 'its own',
  });
});

test('its channel is worked out from what it says', () => {
  const channel = aChannel({ source: 'www.shop.example', medium: 'referral' });
  expect(derive(foreign({ channel })).channel).toMatchObject({
    group: 'Referral',
    selfReferral: true,
  });
});

test('the same record derives the same at every delivery', () => {
  expect(derive(foreign())).toEqual(derive(foreign()));
});
