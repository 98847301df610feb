import type { Outcome } from './outcome';

/** Which events an answer is about. Duplicates are the same event again, dead letters none, and
 *  erased rows must not be seen: they are in no kind of traffic. */
export const trafficKinds = ['clean', 'with_held', 'all'] as const;
export type Traffic = (typeof trafficKinds)[number];

/** The outcomes whose events are facts for this kind of traffic. */
export function outcomesOf(traffic: Traffic): readonly Outcome[] {
  switch (traffic) {
    case 'clean':
      return ['counted'];
    case 'with_held':
      return ['counted', 'held', 'collision'];
    case 'all':
      return ['counted', 'held', 'collision', 'bot', 'rejected'];
  }
}
