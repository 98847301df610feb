import fc from 'fast-check';
import { verdicts } from '../../../../../services/shared/domain/outcome';
import {
  claimBytes,
  fingerprint,
  readClaim,
  writeClaim,
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
      const bytes = Buffer.alloc(claimBytes + 2, 0xee);
      writeClaim(claimed, topics, bytes, 1);
      expect(readClaim(bytes, 1, topics)).toEqual(claimed);
      expect([bytes[0], bytes[claimBytes + 1]]).toEqual([0xee, 0xee]);
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
  const bytes = Buffer.alloc(claimBytes);
  writeClaim(claimed, topics, bytes, 0);
  expect(bytes.toString('hex')).toBe('01a20102030405060708090a0b');
});

test('a fingerprint tells tenants and ids apart, and stays what it was', () => {
  const of = (tenant: string, messageId: string) =>
    Buffer.from(fingerprint({ tenant, messageId }), 'latin1').toString('hex');
  expect(of('demo', 'm-1')).toBe('52666781d63e0477');
  expect(of('demo', 'm-1')).not.toBe(of('demo', 'm-2'));
  expect(of('demo', 'm-1')).not.toBe(of('demo2', 'm-1'));
});
