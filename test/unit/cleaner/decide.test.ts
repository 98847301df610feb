import { type Decided, largestRecordBytes } from '../../../services/cleaner/decide';
import type { Event } from '../../../services/shared/domain/event';
import { trafficRules } from '../../../services/shared/domain/traffic-rules';
import type { Decoded } from '../../../services/shared/runtime/codec';
import type { SourceRecord } from '../../../services/shared/runtime/stage';
import { decide } from '../../support/decide';
import { anEvent, aTenant, noon } from '../../support/event-builders';

const law = {
  tenants: new Map([['demo', aTenant()]]),
  rules: trafficRules,
  weightsVersion: 4,
};
const record: SourceRecord = {
  topic: 'events.click.v1',
  partition: 1,
  offset: 7,
  appendedAt: noon + 320,
  key: null,
  value: Buffer.from('bytes'),
};
const source = { topic: 'events.click.v1', partition: 1, offset: 7 };
const decoding = (decoded: Decoded<Event>) => () => decoded;
const decided = (part: Partial<Event>): Decided =>
  decide(record, decoding({ ok: true, value: anEvent(part) }), law);

test('a sound event is counted and claims its id; who sent it is forgotten', () => {
  expect(decided({})).toEqual({
    claims: true,
    judged: {
      source,
      appendedAt: noon + 320,
      outcome: 'counted',
      reason: 'clean',
      evidence: '',
      version: 0,
      firstCounted: true,
      weightsVersion: 4,
      heldBy: null,
      decision: null,
      event: { ...anEvent(), ip: null, userAgent: null },
      undecoded: null,
    },
  });
});

test('a declared bot is judged by its agent, which is then forgotten but for the evidence', () => {
  const { claims, judged } = decided({ userAgent: 'Googlebot/2.1' });
  expect(claims).toBe(true);
  expect(judged).toMatchObject({
    outcome: 'bot',
    reason: 'declared_bot',
    evidence: "user agent 'Googlebot/2.1'",
    firstCounted: false,
    event: { ip: null, userAgent: null },
  });
});

test.each(['empty_value', 'not_avro', 'unknown_schema', 'undecodable'] as const)(
  'bytes that do not decode (%s) are kept, without an event and without a claim',
  (reason) => {
    const fault = decoding({ ok: false, reason, message: 'why' });
    expect(decide(record, fault, law)).toMatchObject({
      claims: false,
      judged: {
        source,
        outcome: 'dead',
        reason,
        evidence: 'why',
        firstCounted: false,
        event: null,
        undecoded: record.value,
      },
    });
  },
);

test("an event of nobody's is kept as it came, and derived without a tenant's configuration", () => {
  const { claims, judged } = decided({ tenant: 'nobody', receivedAt: null, userAgent: 'x' });
  expect(claims).toBe(false);
  expect(judged).toMatchObject({
    outcome: 'dead',
    reason: 'unknown_tenant',
    evidence: "no tenant is called 'nobody'",
    event: { tenant: 'nobody', receivedAt: noon + 320, userAgent: null, ip: null },
    undecoded: record.value,
  });
});

test('a refused item is dead for the reason it was refused', () => {
  const invalid = { reason: 'no_event_name', message: 'event is no text, or empty' };
  expect(decided({ invalid })).toMatchObject({
    claims: false,
    judged: {
      outcome: 'dead',
      reason: 'no_event_name',
      evidence: invalid.message,
      undecoded: null,
    },
  });
});

test('a record too large to go on with its verdict leaves its beginning', () => {
  const large = { ...record, value: Buffer.alloc(largestRecordBytes + 1, 7) };
  const neverAsked = () => {
    throw new Error('decoded all the same');
  };
  const { claims, judged } = decide(large, neverAsked, law);
  expect(claims).toBe(false);
  expect(judged).toMatchObject({
    outcome: 'dead',
    reason: 'too_large',
    evidence: '900001 bytes, of which the first 65536 are kept',
  });
  expect(judged.undecoded).toHaveLength(65_536);
});

test('evidence is bounded', () => {
  const invalid = { reason: 'invalid_items', message: 'x'.repeat(5000) };
  expect(decided({ invalid }).judged.evidence).toHaveLength(300);
});
