import fc from 'fast-check';
import { verdicts } from '../../../../../services/shared/domain/outcome';
import {
  claimBytes,
  decodeClaim,
  encodeClaim,
  fingerprint,
} from '../../../../../services/shared/stores/redis/claim-layout';

const topics = ['click', 'cart', 'order'];

test('a claim keeps all of itself in 13 bytes', () => {
  const claim = fc.record({
    source: fc.record({
      topic: fc.constantFrom(...topics),
      partition: fc.nat(65_535),
      offset: fc.maxSafeNat().map((offset) => offset % 2 ** 40),
    }),
    verdict: fc.constantFrom(...verdicts),
    weightsVersion: fc.nat(15),
    contentPrint: fc.nat(0xffffffff),
  });
  fc.assert(
    fc.property(claim, (claimed) => {
      const bytes = encodeClaim(claimed, topics);
      expect(bytes).toHaveLength(claimBytes);
      expect(decodeClaim(bytes, topics)).toEqual(claimed);
    }),
  );
});

test('the layout is as it was: claims in Redis are read by it', () => {
  const claimed = {
    source: { topic: 'order', partition: 0x0102, offset: 0x0304050607 },
    verdict: { outcome: 'bot', reason: 'declared_bot' },
    weightsVersion: 10,
    contentPrint: 0x08090a0b,
  } as const;
  expect(encodeClaim(claimed, topics).toString('hex')).toBe('01a20102030405060708090a0b');
});

test('a fingerprint tells tenants and ids apart, and stays what it was', () => {
  const of = (tenant: string, messageId: string) =>
    fingerprint({ tenant, messageId }).toString('hex');
  expect(of('demo', 'm-1')).toBe('52666781d63e0477');
  expect(of('demo', 'm-1')).not.toBe(of('demo', 'm-2'));
  expect(of('demo', 'm-1')).not.toBe(of('demo2', 'm-1'));
});
