import type { PanelView } from '../../../../deploy/panel/view';

/** 2026-01-15T12:04:31Z */
export const now = Date.UTC(2026, 0, 15, 12, 4, 31);

const channel = (name: string, sessions: number, orders: number, revenue: string) => ({
  start: null,
  channel: name,
  sessions,
  users: sessions,
  orders,
  revenue,
  currency: 'USD',
});

/** Two minutes into a demonstration. */
export function aView(part: Partial<PanelView> = {}): PanelView {
  return {
    now,
    since: now - 134_000,
    ledger: {
      accepted: 6_412,
      outcomes: { counted: 5_968, duplicate: 122, bot: 301, dead: 9 },
      reasons: [
        { outcome: 'counted', reason: 'clean', events: 5_968 },
        { outcome: 'bot', reason: 'declared_bot', events: 281 },
        { outcome: 'duplicate', reason: 'same_message', events: 122 },
        { outcome: 'bot', reason: 'empty_user_agent', events: 20 },
        { outcome: 'dead', reason: 'no_user', events: 9 },
      ],
      unaccounted: 12,
      doubled: 0,
    },
    rate: { perSecond: 52.3, recent: [0, 20, 35, 48, 52, 51, 55, 49, 52, 53] },
    latency: { events: 3_011, p50: 0.038, p99: 0.121, overallP99: 0.18 },
    funnel: [
      { step: 'product_viewed', entered: 1_204 },
      { step: 'product_added', entered: 240 },
      { step: 'checkout_started', entered: 130 },
      { step: 'order_completed', entered: 71 },
    ],
    channels: [
      channel('Direct', 240, 11, '812.40'),
      channel('Organic Search', 288, 9, '1204.10'),
      channel('Paid Search', 170, 8, '660.00'),
      channel('Email', 72, 12, '991.90'),
      { ...channel('Email', 0, 1, '5000'), sessions: null, users: null, currency: 'JPY' },
      channel('AI Assistants', 41, 3, '120.00'),
    ],
    followed: {
      id: 'demo-visitor',
      profile: { segment: 'cart', lastChannel: 'Email', lastSeenAt: now - 1_000 },
      tags: [
        { tag: 'category:Bags', weight: 42.13, change: 8 },
        { tag: 'channel:Email', weight: 30.02, change: 3.1 },
        { tag: 'brand:Fjell', weight: 18, change: 0 },
        { tag: 'price:50-100', weight: 12.5, change: -3 },
        { tag: 'search:tent', weight: 2, change: null },
      ],
    },
    faults: [],
    notes: [],
    links: [
      { label: 'events go to', url: 'http://127.0.0.1:8080/v1/{track,page,batch}' },
      { label: 'questions go to', url: 'http://127.0.0.1:8090/v1/ledger' },
    ],
    ...part,
  };
}
