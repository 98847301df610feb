import type { TrueMessage } from '../../../../deploy/traffic/crowd';
import { type Delivery, deliveriesOf } from '../../../../deploy/traffic/deliveries';
import { eventOf } from '../../../../services/shared/domain/message';
import { judgeTraffic, trafficRules } from '../../../../services/shared/domain/traffic-rules';
import { sha256Hex } from '../../../../services/shared/runtime/hash';
import { aTenant } from '../../../support/event-builders';
import { aPlan, firstSeconds } from './plans';

const tenant = aTenant();
const deliveries = [...deliveriesOf(firstSeconds(aPlan({ eventsPerSecond: 250 }), 60), 1)];

/** What the collector makes of a message that it receives 30 ms after the device sent it. */
function received({ at, clockErrorMs, headers }: Delivery, { message }: TrueMessage) {
  const { event } = eventOf(
    message,
    {
      tenant,
      call: null,
      receivedAt: at + 30,
      sentAt: new Date(at + clockErrorMs).toISOString(),
      imported: false,
      browser:
        headers.origin === undefined
          ? null
          : { ip: '127.0.0.1', userAgent: headers['user-agent'] ?? null },
      maxBytes: 32_768,
    },
    { sha256Hex, randomId: () => 'random' },
  );
  return event;
}

const arrived = deliveries.flatMap((delivery) =>
  delivery.messages.map((one) => ({ ...one, event: received(delivery, one) })),
);

test('the collector finds nothing wrong with any message', () => {
  expect(arrived.length).toBeGreaterThan(13_000);
  expect(arrived.filter(({ event }) => event.invalid !== null)).toEqual([]);
  expect(arrived.filter(({ event }) => event.messageIdMade)).toEqual([]);
});

test('event times are the true times, whatever the clock of the device', () => {
  const wrong = arrived.filter(
    ({ event, trueAt }) => Math.abs((event.eventAt ?? 0) - trueAt) > 1000,
  );
  expect(wrong).toEqual([]);
  const clocks = new Map(arrived.map(({ is, event }) => [is, event.clock]));
  expect(clocks.get('human')).toBe('healthy');
  expect(clocks.get('skewed')).toBe('shifted');
});

test('machines are found by what they declare, or by declaring nothing; no person is', () => {
  const reasons = { machine: new Set<unknown>(), person: new Set<unknown>() };
  for (const { is, event } of arrived) {
    if (is === 'duplicate') continue;
    const finding = judgeTraffic(trafficRules, event, tenant);
    reasons[is === 'bot' ? 'machine' : 'person'].add(finding?.verdict.reason ?? 'clean');
  }
  expect(reasons.machine).toEqual(new Set(['declared_bot', 'empty_user_agent']));
  expect(reasons.person).toEqual(new Set(['clean']));
  expect(arrived.some(({ is, event }) => is === 'human' && event.userAgent === null)).toBe(true);
});

test('visits come over every channel, and pages of the shop itself bring nobody', () => {
  const groups = new Map<string | null, number>();
  for (const { event, is } of arrived) {
    if (is !== 'human') continue;
    groups.set(event.channel.group, (groups.get(event.channel.group) ?? 0) + 1);
  }
  const named = [...groups.keys()].filter((group) => group !== null).sort();
  expect(named).toEqual([
    'AI Assistants',
    'Affiliates',
    'Email',
    'Organic Search',
    'Organic Social',
    'Paid Search',
    'Paid Social',
    'Referral',
  ]);
  expect(arrived.some(({ event }) => event.channel.selfReferral)).toBe(true);
});

test('orders add up to the cent', () => {
  const orders = arrived.filter(({ event }) => event.type === 'order_completed');
  expect(orders.length).toBeGreaterThan(15);
  for (const { event, message } of orders) {
    const { revenueMinor, taxMinor, shippingMinor, orderId } = event.effect ?? {};
    const goods = event.items.reduce((sum, { priceMinor }) => sum + (priceMinor ?? 0), 0);
    const { discount, total } = message.properties as { discount: number; total: number };
    expect(orderId).toMatch(/^o-r1-/);
    expect(revenueMinor).toBe(goods - Math.round(discount * 100));
    expect((revenueMinor ?? 0) + (taxMinor ?? 0) + (shippingMinor ?? 0)).toBe(
      Math.round(total * 100),
    );
  }
});

test('the types are those of a shop, with names as the Segment spec has them', () => {
  const types = new Set(arrived.map(({ event }) => event.type));
  for (const type of [
    'page_viewed',
    'product_list_viewed',
    'product_viewed',
    'product_clicked',
    'products_searched',
    'promotion_clicked',
    'product_added',
    'product_removed',
    'product_wishlisted',
    'checkout_started',
    'payment_info_entered',
    'order_completed',
  ] as const) {
    expect(types).toContain(type);
  }
  const custom = arrived
    .filter(({ event }) => event.type === 'custom')
    .map(({ event }) => event.name);
  expect([...new Set(custom)].sort()).toEqual(['Cart Viewed', 'identify']);
});
