import { isTenantName } from '../../../../services/shared/domain/tenant';

test.each(['a', 'demo', 'shop-7', '0', 'x'.repeat(32)])('%p is a tenant name', (name) => {
  expect(isTenantName(name)).toBe(true);
});

test.each(['', 'Demo', 'a b', 'a:b', 'a{b}', 'ä', 'x'.repeat(33), 'a\n'])(
  '%p is no tenant name',
  (name) => {
    expect(isTenantName(name)).toBe(false);
  },
);
