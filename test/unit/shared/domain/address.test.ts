import { isWithin } from '../../../../services/shared/domain/address';

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
