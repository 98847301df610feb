import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import type { ReviewedRecord } from '../../../services/shared/domain/stored-record';
import { TransientError } from '../../../services/shared/runtime/errors';
import { aDecision, aJudgedEvent, noon } from '../../support/event-builders';
import { anInsightsServer, aTenant } from '../../support/insights-server';
import { aStoredRecord } from '../../support/stored-records';

const judged = aJudgedEvent({
  ...{ outcome: 'held', reason: 'rule', evidence: 'twelve times as much', firstCounted: false },
});

function aReviewedRecord(part: Partial<ReviewedRecord> = {}): ReviewedRecord {
  return {
    ...aStoredRecord({ type: 'order_completed', name: 'Order Completed', currency: 'USD' }),
    ...{ outcome: 'held', reason: 'rule', evidence: judged.evidence },
    ...{ shop: 'Acme', orderId: 'o-1', revenueMinor: 123_456, record: Buffer.from('bytes') },
    ...part,
  };
}

const held = aReviewedRecord();
const rita = { reviewer: 'rita', note: 'a known buyer' };

/** A server on these records; what is posted is in `asked`. */
function onRecords(records: readonly ReviewedRecord[], read: JudgedEvent = judged) {
  return anInsightsServer({
    facts: { reviewed: async () => records, reviewQueue: async () => records },
    decisions: { read: async () => read, post: async () => {} },
  });
}

describe('the queue', () => {
  test('shows what waits, with the evidence and what can be decided', async () => {
    const { get, asked } = await onRecords([held]);
    const { status, body } = await get('/v1/review');
    expect(status).toBe(200);
    expect(asked).toEqual([
      ['reviewQueue', { tenant: 'demo', outcome: 'held', after: null, limit: 50 }],
    ]);
    expect(body.next).toBeNull();
    expect(body.rows).toHaveLength(1);
    expect(body.rows[0]).toMatchObject({
      coordinates: held.source,
      messageId: 'm-1',
      outcome: 'held',
      evidence: 'twelve times as much',
      explanation: expect.stringMatching(/Twelve times as much\.$/),
      possible: ['release', 'confirm'],
      order: { orderId: 'o-1', shop: 'Acme', revenue: '1234.56', currency: 'USD' },
      decision: null,
    });
  });

  test('a full page names the next one, which goes on behind it', async () => {
    const { get, asked } = await onRecords([held]);
    const { next } = (await get('/v1/review?limit=1')).body;
    expect(next).toBe(`${noon + 320}/events.click.v1/1/7`);
    await get(`/v1/review?status=bot&limit=1&after=${encodeURIComponent(next)}`);
    const after = { appendedAt: noon + 320, source: held.source };
    expect(asked[1]).toEqual(['reviewQueue', { tenant: 'demo', outcome: 'bot', after, limit: 1 }]);
  });

  test('who decided last is told', async () => {
    const decided = aDecision(judged, { decision: { ...rita, decidedAt: noon, byPerson: true } });
    const row = aReviewedRecord({ outcome: 'rejected', reason: 'confirmed', version: 2 ** 52 });
    const { get } = await onRecords([row], decided);
    expect((await get('/v1/review?status=rejected')).body.rows[0]).toMatchObject({
      possible: ['restore'],
      decision: { ...rita, decidedAt: '2026-01-15T12:00:00.000Z' },
    });
  });

  test.each(['status=loved', 'after=somewhere', 'limit=0', 'page=2'])(
    '%s is refused',
    async (wrong) => {
      const { get, asked } = await onRecords([held]);
      const { status, body } = await get(`/v1/review?${wrong}`);
      expect([status, body.field]).toEqual([400, wrong.split('=')[0]]);
      expect(asked).toEqual([]);
    },
  );
});

describe('a decision', () => {
  test('goes out as its row keeps the record, and is answered afterwards', async () => {
    const { post, asked } = await onRecords([held]);
    const answer = await post('/v1/review/m-1', { decision: 'release', ...rita });
    expect(answer).toEqual({
      status: 200,
      body: {
        messageId: 'm-1',
        coordinates: held.source,
        decision: 'release',
        reviewer: 'rita',
        decidedAt: '2026-01-15T12:00:00.000Z',
        was: { outcome: 'held', reason: 'rule' },
        becomes: { outcome: 'counted', reason: 'released' },
        repeated: false,
      },
    });
    const decision = { ...rita, decidedAt: noon, byPerson: true };
    expect(asked).toEqual([
      ['reviewed', { tenant: null, messageId: 'm-1', limit: 100 }],
      ['read', held.record],
      ['post', { ...judged, outcome: 'counted', reason: 'released', version: 0, decision }],
    ]);
  });

  test('asked again it is answered again, and nothing is posted', async () => {
    const before = { ...rita, reviewer: 'omar', decidedAt: noon - 60_000, byPerson: true };
    const released = aDecision(judged, {
      ...{ outcome: 'counted', reason: 'released', decision: before },
    });
    const row = aReviewedRecord({ outcome: 'counted', reason: 'released' });
    const { post, asked } = await onRecords([row], released);
    const { body } = await post('/v1/review/m-1', { decision: 'release', ...rita });
    expect(body).toMatchObject({
      reviewer: 'omar',
      decidedAt: '2026-01-15T11:59:00.000Z',
      repeated: true,
    });
    expect(asked.map(([method]) => method)).toEqual(['reviewed', 'read']);
  });

  test.each([
    ['held', 'rule', 'retract', 'possible: release, confirm'],
    ['counted', 'clean', 'release', 'possible: retract'],
    ['counted', 'released', 'restore', 'possible: retract'],
    ['rejected', 'confirmed', 'release', 'possible: restore'],
    ['bot', 'declared_bot', 'release', 'possible: restore'],
    ['collision', 'message_id_reused', 'restore', 'possible: release, confirm'],
    ['duplicate', 'same_message', 'release', 'it cannot be decided on'],
    ['dead', 'no_user', 'restore', 'it cannot be decided on'],
    ['erased', 'requested', 'restore', 'it cannot be decided on'],
  ] as const)('on what is %s (%s), %s makes no sense', async (outcome, reason, word, instead) => {
    const { post, asked } = await onRecords([aReviewedRecord({ outcome, reason })]);
    const { status, body } = await post('/v1/review/m-1', { decision: word, ...rita });
    expect(status).toBe(409);
    expect(body).toMatchObject({ error: 'impossible_decision', field: 'decision' });
    expect(body.message).toContain(`is ${outcome} (${reason})`);
    expect(body.message).toContain(instead);
    expect(asked.map(([method]) => method)).toEqual(['reviewed']);
  });

  const other = aReviewedRecord({
    ...{ outcome: 'collision', reason: 'message_id_reused' },
    source: { topic: 'events.click.v1', partition: 1, offset: 9 },
  });

  test('on one of several records names its coordinates', async () => {
    const { post } = await onRecords([held, other]);
    const { status, body } = await post('/v1/review/m-1', { decision: 'confirm', ...rita });
    expect([status, body.field]).toEqual([400, 'coordinates']);
    expect(body.message).toContain('events.click.v1/1/9 (collision)');
    const { source: coordinates } = other;
    const named = await post('/v1/review/m-1', { decision: 'confirm', ...rita, coordinates });
    expect(named.body).toMatchObject({ coordinates, was: { outcome: 'collision' } });
  });

  test('need not name them where all others are duplicates', async () => {
    const copy = { ...other, outcome: 'duplicate', reason: 'same_message' } as const;
    const { post } = await onRecords([held, copy]);
    const { body } = await post('/v1/review/m-1', { decision: 'confirm', ...rita });
    expect(body).toMatchObject({ coordinates: held.source });
  });

  test('on a message that nobody sent, or not at those coordinates', async () => {
    const { post } = await onRecords([]);
    const { status, body } = await post('/v1/review/m-1', { decision: 'release', ...rita });
    expect([status, body.error]).toEqual([404, 'unknown_message']);
    const there = await onRecords([held]);
    const coordinates = { topic: 'events.click.v1', partition: 1, offset: 8 };
    const missed = await there.post('/v1/review/m-1', {
      ...{ decision: 'release', ...rita, coordinates },
    });
    expect(missed.status).toBe(404);
    expect(missed.body.message).toContain('events.click.v1/1/8');
  });

  test.each([
    ['decision', { decision: 'forget', ...rita }],
    ['decision', { ...rita }],
    ['reviewer', { decision: 'release', note: '' }],
    ['reviewer', { decision: 'release', reviewer: '' }],
    [
      'coordinates.offset',
      { decision: 'release', ...rita, coordinates: { topic: 'a', partition: 0 } },
    ],
  ])('with a wrong %s is refused', async (field, body) => {
    const { post, asked } = await onRecords([held]);
    const answer = await post('/v1/review/m-1', body);
    expect([answer.status, answer.body.field]).toEqual([400, field]);
    expect(asked).toEqual([]);
  });

  test('that Kafka did not acknowledge is no decision', async () => {
    const { post } = await anInsightsServer({
      facts: { reviewed: async () => [held] },
      decisions: {
        read: async () => judged,
        post: () => Promise.reject(new TransientError('Kafka is away', { server: 'kafka' })),
      },
    });
    const { status, body } = await post('/v1/review/m-1', { decision: 'release', ...rita });
    expect([status, body.error]).toEqual([503, 'unavailable']);
  });

  test('among several tenants says whose message it is', async () => {
    const tenants = [aTenant(), aTenant({ name: 'other' })];
    const { post, asked } = await anInsightsServer({
      tenants,
      facts: { reviewed: async () => [] },
    });
    const decided = { decision: 'release', ...rita };
    expect((await post('/v1/review/m-1', decided)).body.field).toBe('tenant');
    await post('/v1/review/m-1?tenant=other', decided);
    expect(asked).toEqual([['reviewed', { tenant: 'other', messageId: 'm-1', limit: 100 }]]);
  });
});
