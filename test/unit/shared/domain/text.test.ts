import fc from 'fast-check';
import { cut } from '../../../../services/shared/domain/text';

test('a text that fits stays as it is; a longer one is cut', () => {
  expect(cut('abc', 3)).toBe('abc');
  expect(cut('abcd', 3)).toBe('abc');
  expect(cut('', 0)).toBe('');
});

test('no pair of surrogates is halved', () => {
  expect(cut('ab🛍', 3)).toBe('ab');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, max) => {
      const short = cut(text, max);
      expect(short.length).toBeLessThanOrEqual(max);
      expect(text.startsWith(short)).toBe(true);
      expect(Buffer.from(short).toString()).toBe(short);
    }),
  );
});
