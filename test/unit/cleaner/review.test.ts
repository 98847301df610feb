import { passDecision } from '../../../services/cleaner/review';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import type { SourceRecord } from '../../../services/shared/runtime/stage';
import { aDecision, aJudgedEvent, noon } from '../../support/event-builders';

const record: SourceRecord = {
  topic: 'events.review.v1',
  partition: 3,
  offset: 40,
  appendedAt: noon + 3_600_000,
  key: null,
  value: Buffer.from('bytes'),
};
const pass = (value: JudgedEvent) => passDecision(record, { ok: true, value });

test.each([
  [true, 2 ** 52 + 41],
  [false, 41],
])(
  'a decision (by a person: %s) goes on as its original, with the version of its offset',
  (byPerson, version) => {
    const decision = { reviewer: 'rita', note: '', decidedAt: noon, byPerson };
    const decided = aDecision(aJudgedEvent(), { version: 0, decision });
    expect(pass(decided)).toEqual({ claims: false, judged: { ...decided, version } });
  },
);

test.each([
  ['counted', 'restored'],
  ['held', 'reviewer'],
  ['rejected', 'confirmed'],
] as const)('%s may be decided on', (outcome, reason) => {
  const { judged } = pass(aDecision(aJudgedEvent(), { outcome, reason }));
  expect(judged).toMatchObject({ outcome, reason, source: aJudgedEvent().source });
});

test.each<[string, JudgedEvent]>([
  ['no decision', aJudgedEvent()],
  ['no event', aDecision(aJudgedEvent(), { event: null })],
  [
    'an outcome nobody may decide on',
    aDecision(aJudgedEvent(), { outcome: 'bot', reason: 'declared_bot' }),
  ],
  ['an outcome that does not exist', aDecision(aJudgedEvent(), { outcome: 'adored' as never })],
  [
    'a reason of another outcome',
    aDecision(aJudgedEvent(), { outcome: 'counted', reason: 'confirmed' }),
  ],
])('a review record with %s is a dead letter of its own', (_, value) => {
  expect(pass(value)).toMatchObject({
    claims: false,
    judged: {
      source: { topic: 'events.review.v1', partition: 3, offset: 40 },
      appendedAt: record.appendedAt,
      outcome: 'dead',
      reason: 'invalid_decision',
      version: 0,
      event: null,
      undecoded: record.value,
    },
  });
});

test('so is one that does not decode', () => {
  const decoded = { ok: false, reason: 'not_avro', message: 'why' } as const;
  expect(passDecision(record, decoded).judged).toMatchObject({
    outcome: 'dead',
    reason: 'not_avro',
  });
});
