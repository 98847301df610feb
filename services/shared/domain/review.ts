import type { Decision, JudgedEvent, Outcome, Verdict } from './outcome';

/** What a person may say of a record. Two words where something waits for a person, two for what was
 *  decided before: so a word asked for twice, or of a record that has moved on, is told apart. */
export const reviewWords = ['release', 'confirm', 'retract', 'restore'] as const;
export type ReviewWord = (typeof reviewWords)[number];

/** Where each word leads, whatever the record was: a target, never a difference. */
const targets: Readonly<Record<ReviewWord, Verdict>> = {
  release: { outcome: 'counted', reason: 'released' },
  confirm: { outcome: 'rejected', reason: 'confirmed' },
  retract: { outcome: 'rejected', reason: 'retracted' },
  restore: { outcome: 'counted', reason: 'restored' },
};

/** The words that make sense of a record as it stands. A duplicate's message is decided on where its
 *  first record is; a dead letter is mended and sent again; what was erased is gone. */
const possible: Readonly<Record<Outcome, readonly ReviewWord[]>> = {
  counted: ['retract'],
  held: ['release', 'confirm'],
  collision: ['release', 'confirm'],
  bot: ['restore'],
  rejected: ['restore'],
  duplicate: [],
  dead: [],
  erased: [],
};

export function possibleWords(outcome: Outcome): readonly ReviewWord[] {
  return possible[outcome];
}

export function targetOf(word: ReviewWord): Verdict {
  return targets[word];
}

/** What becomes of a word on a record: it is to be `decided`, it has been (`already`: the same word
 *  was the last one, as when a client asks again), or it makes no sense (`impossible`). */
export function answerTo(
  word: ReviewWord,
  { outcome, reason }: { readonly outcome: Outcome; readonly reason: string },
): 'decided' | 'already' | 'impossible' {
  const target = targetOf(word);
  if (target.outcome === outcome && target.reason === reason) return 'already';
  return possible[outcome].includes(word) ? 'decided' : 'impossible';
}

/** The record as it goes to the review topic: what its row keeps, with the word's target. Its version
 *  is that of the offset it gets there. */
export function decidedRecord(
  record: JudgedEvent,
  word: ReviewWord,
  decision: Decision,
): JudgedEvent {
  return { ...record, ...targetOf(word), version: 0, decision };
}
