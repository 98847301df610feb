import {
  decisionVersion,
  isReasonOf,
  outcomes,
  reasons,
  verdicts,
} from '../../../../services/shared/domain/outcome';

test('verdicts keep their numbers: claims in Redis are read by them', () => {
  expect(verdicts.slice(0, 4).map(({ outcome, reason }) => `${outcome}/${reason}`)).toEqual([
    'counted/clean',
    'bot/declared_bot',
    'bot/empty_user_agent',
    'held/rule',
  ]);
});

test('every verdict has a reason of its outcome, and a byte for its number', () => {
  for (const { outcome, reason } of verdicts) expect(reasons[outcome]).toContain(reason);
  expect(verdicts.length).toBeLessThanOrEqual(256);
});

test('every bot reason can be claimed: a redelivery must find it again', () => {
  const claimed = verdicts.filter(({ outcome }) => outcome === 'bot').map(({ reason }) => reason);
  expect(claimed.sort()).toEqual([...reasons.bot].sort());
});

test('a reason belongs to its outcome alone', () => {
  expect(isReasonOf('dead', 'no_user')).toBe(true);
  expect(isReasonOf('counted', 'no_user')).toBe(false);
  expect(isReasonOf('dead', 'toString')).toBe(false);
  expect(outcomes).toHaveLength(8);
});

test('a person outranks every rule, and later offsets outrank earlier ones', () => {
  expect(decisionVersion(0, false)).toBe(1);
  expect(decisionVersion(7, true)).toBeGreaterThan(decisionVersion(2 ** 40, false));
  expect(decisionVersion(8, true)).toBeGreaterThan(decisionVersion(7, true));
  expect(Number.isSafeInteger(decisionVersion(2 ** 40, true))).toBe(true);
});
