import { hostOf, isAtOrBelow } from '../../../../services/shared/domain/hosts';

test.each([
  ['https://Blog.Example/post?x#y', 'blog.example'],
  ['http://user:pw@blog.example:8080/', 'blog.example'],
  ['https://blog.example.', 'blog.example'],
  ['https://blog.example?x', 'blog.example'],
  ['android-app://com.app.name/https/x', 'com.app.name'],
  ['blog.example/post', 'blog.example'],
  ['blog.example', 'blog.example'],
  ['localhost', null],
  ['/cart', null],
  ['about:blank', null],
  ['https://', null],
  ['', null],
  [`https://${'a.'.repeat(126)}b/`, `${'a.'.repeat(126)}b`],
  [`https://${'a.'.repeat(127)}b/`, null],
])('the host of %p is %p', (url, host) => {
  expect(hostOf(url)).toBe(host);
});

test.each([
  ['shop.example', 'shop.example', true],
  ['a.b.shop.example', 'shop.example', true],
  ['myshop.example', 'shop.example', false],
  ['example', 'shop.example', false],
  ['shop.example.evil.test', 'shop.example', false],
])('%s is at or below %s: %p', (host, domain, expected) => {
  expect(isAtOrBelow(host, domain)).toBe(expected);
});

test('a hostile URL takes no longer than its length', () => {
  const hostile = `${'a-'.repeat(50_000)}@${'.a'.repeat(50_000)}`;
  const startedAt = performance.now();
  hostOf(hostile);
  hostOf(`https://${hostile}`);
  expect(performance.now() - startedAt).toBeLessThan(5000);
});
