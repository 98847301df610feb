import { isWithin, networkOf } from '../../../../services/shared/domain/address';

test.each([
  ['203.0.113.9', ['203.0.113.9'], true],
  ['203.0.113.9', ['203.0.113.8'], false],
  ['203.0.113.9', ['198.51.100.0/24', '203.0.113.0/24'], true],
  ['203.0.114.9', ['203.0.113.0/24'], false],
  ['::ffff:203.0.113.9', ['203.0.113.0/24'], true],
  ['2001:db8::1', ['2001:db8::/32'], true],
  ['2001:db8:0:0::1', ['2001:db8::1'], true],
  ['2001:db8::1', ['203.0.113.0/24'], false],
  ['203.0.113.9', ['::/0'], false],
  ['203.0.113.9', ['not an address', '203.0.113.0/99'], false],
  ['not an address', ['0.0.0.0/0'], false],
  ['', ['0.0.0.0/0'], false],
  ['203.0.113.9', [], false],
])('%s within %j: %s', (address, ranges, within) => {
  expect(isWithin(address, ranges)).toBe(within);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:a:b:c:d:e:f', '2001:db8:a:b/64'],
  ['2001:DB8:A:B::', '2001:db8:a:b/64'],
  ['2001:db8::1', '2001:db8:0:0/64'],
  ['::1', '0:0:0:0/64'],
  ['fe80::1%eth0', 'fe80:0:0:0/64'],
  ['unknown', 'unknown'],
  ['a:b', 'a:b'],
])('the subscriber of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
