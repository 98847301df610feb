import { type ChannelPart, channelRows } from '../../../../services/shared/domain/channel-report';

const aPart = (part: Partial<ChannelPart>): ChannelPart => ({
  start: null,
  channel: 'Email',
  currency: '',
  sessions: 0,
  users: 0,
  orders: 0,
  revenueMinor: 0,
  version: '7',
  ...part,
});

test('visits, and orders that name no currency, stand with the sales in the tenant’s own', () => {
  const parts = [
    aPart({ sessions: 5, users: 4 }),
    aPart({ orders: 1 }),
    aPart({ currency: 'USD', orders: 2, revenueMinor: 300 }),
  ];
  expect(channelRows(parts, 'USD')).toEqual([
    aPart({ currency: 'USD', sessions: 5, users: 4, orders: 3, revenueMinor: 300 }),
  ]);
});

test('two currencies are never added up: the other one has a row without sessions', () => {
  const parts = [
    aPart({ currency: 'EUR', orders: 1, revenueMinor: 900 }),
    aPart({ sessions: 5, users: 4 }),
    aPart({ currency: 'USD', orders: 2, revenueMinor: 300 }),
  ];
  expect(channelRows(parts, 'USD')).toEqual([
    aPart({ currency: 'USD', sessions: 5, users: 4, orders: 2, revenueMinor: 300 }),
    { ...aPart({ currency: 'EUR', orders: 1, revenueMinor: 900 }), sessions: null, users: null },
  ]);
});

test('a channel that only sold abroad still has its own row, and rows of other times are theirs', () => {
  const parts = [
    aPart({ start: 0, currency: 'EUR', orders: 1, revenueMinor: 900 }),
    aPart({ start: 60_000, sessions: 1, users: 1 }),
  ];
  expect(
    channelRows(parts, 'USD').map(({ start, currency, sessions, orders }) => [
      start,
      currency,
      sessions,
      orders,
    ]),
  ).toEqual([
    [0, 'USD', 0, 0],
    [0, 'EUR', null, 1],
    [60_000, 'USD', 1, 0],
  ]);
});
