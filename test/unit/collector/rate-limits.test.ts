import { createRateLimits } from '../../../services/collector/rate-limits';
import { noon } from '../../support/event-builders';
import { aClock } from '../../support/fake-clock';

function limits(part = {}) {
  const clock = aClock(noon);
  const options = {
    keyEventsPerSecond: 10,
    keyRefusedPerSecond: 1,
    addressRequestsPerSecond: 10,
    addressRefusalsPerSecond: 1,
    ...part,
  };
  return { clock, limits: createRateLimits({ ...options, clock }) };
}

const known = () => true;
const unknown = () => false;

test('a key may send ten seconds of its rate at once', () => {
  const { clock, limits: of } = limits();
  expect(of.events(new Map([['k', 100]]))).toBeNull();
  expect(of.events(new Map([['k', 1]]))).toEqual({ limit: 'key', waitMs: 100 });
  expect(of.events(new Map([['other', 1]]))).toBeNull();
  clock.advance(100);
  expect(of.events(new Map([['k', 1]]))).toBeNull();
});

test('where one of several keys is over its limit, none of them is charged', () => {
  const { limits: of } = limits();
  of.events(new Map([['a', 100]]));
  const both = new Map([
    ['b', 100],
    ['a', 1],
  ]);
  expect(of.events(both)).toMatchObject({ limit: 'key' });
  expect(of.events(new Map([['b', 100]]))).toBeNull();
});

test('a key whose events are refused is bounded closely, and nobody else', () => {
  const { clock, limits: of } = limits();
  const one = new Map([['k', 1]]);
  for (let request = 0; request < 3; request += 1) {
    expect(of.events(one)).toBeNull();
    of.unfit('k', 4);
  }
  // What was on its way is charged as well, and all of it is paid for.
  of.unfit('k', 5);
  expect(of.events(one)).toEqual({ limit: 'refused', waitMs: 8000 });
  expect(of.events(new Map([['other', 1]]))).toBeNull();
  clock.advance(8000);
  expect(of.events(one)).toBeNull();
});

test('an address has a bound for all it sends, with a key or without', () => {
  const { limits: of } = limits();
  for (let sent = 0; sent < 100; sent += 1) expect(of.request('192.0.2.1', known)).toBeNull();
  expect(of.request('192.0.2.1', known)).toEqual({ limit: 'address', waitMs: 100 });
  expect(of.request('192.0.2.2', known)).toBeNull();
});

test('an address that sends without a valid key is stopped, but not who has one beside it', () => {
  const { clock, limits: of } = limits();
  for (let sent = 0; sent < 10; sent += 1) {
    expect(of.request('192.0.2.1', unknown)).toBeNull();
    of.refused('192.0.2.1');
  }
  expect(of.request('192.0.2.1', unknown)).toEqual({ limit: 'refusals', waitMs: 1000 });
  expect(of.request('192.0.2.1', known)).toBeNull();
  expect(of.request('192.0.2.2', unknown)).toBeNull();
  clock.advance(1000);
  expect(of.request('192.0.2.1', unknown)).toBeNull();
});

test('the header is looked at only where it matters', () => {
  const { limits: of } = limits();
  const look = jest.fn(() => true);
  of.request('192.0.2.1', look);
  expect(look).not.toHaveBeenCalled();
});

test('an IPv6 address is its /64', () => {
  const { limits: of } = limits();
  for (let sent = 0; sent < 100; sent += 1) {
    expect(of.request(`2001:db8:0:1::${sent.toString(16)}`, known)).toBeNull();
  }
  expect(of.request('2001:db8:0:1:ffff::1', known)).toMatchObject({ limit: 'address' });
  expect(of.request('2001:db8:0:2::1', known)).toBeNull();
});
