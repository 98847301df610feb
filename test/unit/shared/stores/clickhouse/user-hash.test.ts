import { createHmac } from 'node:crypto';
import { createUserHash } from '../../../../../services/shared/stores/clickhouse/user-hash';

test('the first eight bytes of a keyed hash, the same each time', () => {
  const hash = createUserHash('secret');
  const expected = createHmac('sha256', 'secret').update('demo\nann').digest().readBigUInt64BE(0);
  expect([hash('demo', 'ann'), hash('demo', 'ann')]).toEqual([expected, expected]);
  expect(hash('other', 'ann')).not.toBe(expected);
  expect(createUserHash('another')('demo', 'ann')).not.toBe(expected);
});

test('nobody is 0', () => {
  expect(createUserHash('secret')('demo', '')).toBe(0n);
});

test('it stays the same when many other users come in between', () => {
  const hash = createUserHash('secret');
  const before = hash('demo', 'ann');
  for (let user = 0; user < 50_001; user += 1) hash('demo', String(user));
  expect(hash('demo', 'ann')).toBe(before);
});
