import {
  decisionVersion,
  isReasonOf,
  type Outcome,
  outcomes,
} from '../../../../services/shared/domain/outcome';
import {
  answerTo,
  decidedRecord,
  possibleWords,
  type ReviewWord,
  reviewWords,
  targetOf,
} from '../../../../services/shared/domain/review';
import { aJudgedEvent, noon } from '../../../support/event-builders';

test.each<[Outcome, readonly ReviewWord[]]>([
  ['counted', ['retract']],
  ['held', ['release', 'confirm']],
  ['collision', ['release', 'confirm']],
  ['bot', ['restore']],
  ['rejected', ['restore']],
  ['duplicate', []],
  ['dead', []],
  ['erased', []],
])('%s: what can be decided on it', (outcome, words) => {
  expect(possibleWords(outcome)).toEqual(words);
  const any = { outcome, reason: 'of its own' };
  const answers = reviewWords.map((word) => answerTo(word, any));
  expect(answers).toEqual(
    reviewWords.map((word) => (words.includes(word) ? 'decided' : 'impossible')),
  );
});

test.each(reviewWords)('%s asked twice is said once', (word) => {
  expect(answerTo(word, targetOf(word))).toBe('already');
});

test('a word that leads to the same outcome as another is another word', () => {
  expect(answerTo('restore', targetOf('release'))).toBe('impossible');
  expect(answerTo('retract', targetOf('confirm'))).toBe('impossible');
});

test('every outcome that a word leads to, and what follows from it, can be decided on again', () => {
  for (const word of reviewWords) {
    const { outcome, reason } = targetOf(word);
    expect(isReasonOf(outcome, reason)).toBe(true);
    expect(possibleWords(outcome)).not.toEqual([]);
  }
  expect(outcomes).toHaveLength(8);
});

test('a decision is the record as its row keeps it, with a target instead of a difference', () => {
  const decision = { reviewer: 'rita', note: 'known buyer', decidedAt: noon, byPerson: true };
  const held = aJudgedEvent({
    ...{ outcome: 'held', reason: 'rule', evidence: 'why', firstCounted: false },
    version: decisionVersion(8, true),
  });
  expect(decidedRecord(held, 'release', decision)).toEqual({
    ...held,
    outcome: 'counted',
    reason: 'released',
    version: 0,
    decision,
  });
});
