import { type Credits, channelsOf, creditByTouch, type PathCount } from './paths';

/** Exact Shapley values of the game v(S) = orders whose channels all lie within S. That game is a sum
 *  of unanimity games, one a distinct channel set, and the Shapley value of a unanimity game is an
 *  equal split over its carrier (Shapley 1953, lemma 3): no subsets need to be enumerated. Channels
 *  that led to no order are players too, with nothing. */
export function shapleyCredits(paths: readonly PathCount[]): Credits {
  const credits = creditByTouch(paths, ({ path }) =>
    path.map((channel, touch) => (path.indexOf(channel) === touch ? 1 : 0)),
  );
  const none = { conversions: 0, revenueMinor: 0 };
  return new Map(channelsOf(paths).map((channel) => [channel, credits.get(channel) ?? none]));
}
