import { basicWriteKey, createWriteKeys } from '../../../services/collector/write-keys';
import { sha256Hex } from '../../../services/shared/runtime/hash';
import { aTenant } from './a-tenant';

const demo = aTenant({ writeKeyHashes: ['demo-key', 'old-key'].map(sha256Hex) });
const other = aTenant({ name: 'other', writeKeyHashes: [sha256Hex('other-key')] });

test('several keys of a tenant, each told from the others', () => {
  const { ownerOf } = createWriteKeys([demo, other]);
  expect(ownerOf('demo-key')?.tenant).toBe(demo);
  expect(ownerOf('old-key')?.tenant).toBe(demo);
  expect(ownerOf('other-key')?.tenant).toBe(other);
  const ids = ['demo-key', 'old-key', 'other-key'].map((key) => ownerOf(key)?.keyId);
  expect(new Set(ids).size).toBe(3);
});

test.each([
  ['a stranger', 'x'],
  ['nothing', ''],
  ['a hash in place of its key', sha256Hex('demo-key')],
  ['a name of the prototype', '__proto__'],
  ['a key and more', 'demo-key '],
  ['another case', 'Demo-key'],
  ['100 KB', 'x'.repeat(100_000)],
])('%s is nobody', (_name, key) => {
  expect(createWriteKeys([demo, other]).ownerOf(key)).toBeUndefined();
});

test('a key that is taken back is unknown at once, and a new one known', () => {
  const keys = createWriteKeys([demo, other]);
  keys.replace([{ ...demo, writeKeyHashes: ['demo-key', 'new-key'].map(sha256Hex) }]);
  const known = ['demo-key', 'old-key', 'new-key', 'other-key'].map((key) => keys.ownerOf(key));
  expect(known.map((owner) => owner?.tenant.name)).toEqual(['demo', undefined, 'demo', undefined]);
});

test('nothing but the keys of a tenant changes, and a new tenant stays unknown', () => {
  const keys = createWriteKeys([demo]);
  const strangers = keys.replace([{ ...demo, currency: 'EUR' }, other]);
  expect(strangers).toEqual(['other']);
  expect(keys.ownerOf('demo-key')?.tenant.currency).toBe('USD');
  expect(keys.ownerOf('other-key')).toBeUndefined();
});

test('a tenant that was away comes back with its keys', () => {
  const keys = createWriteKeys([demo, other]);
  keys.replace([demo]);
  expect(keys.replace([demo, other])).toEqual([]);
  expect(keys.ownerOf('other-key')?.tenant).toBe(other);
});

test.each([
  [undefined, null],
  ['', null],
  ['Bearer abc', null],
  ['Basic', null],
  ['Basic ', null],
  ['Basic Og==', null],
  ['Basic !!!', null],
  ['Basic a2V5', 'key'],
  ['Basic a2V5Og==', 'key'],
  ['basic  a2V5OnB3 ', 'key'],
])('the key of %j is %j', (authorization, key) => {
  expect(basicWriteKey(authorization)).toBe(key);
});
