import { type MarkovModel, markovCredits, markovModel } from './markov';
import { type Credits, creditByTouch, type PathCount, totalOf } from './paths';
import { directChannel } from './session';
import { shapleyCredits } from './shapley';

/** The models by the names that queries use. */
export const attributionModels = [
  'first',
  'last',
  'last_non_direct',
  'linear',
  'position_40_20_40',
  'time_decay_7d',
  'markov_order1',
  'shapley_subset',
] as const;
export type AttributionModel = (typeof attributionModels)[number];

const halfLifeMs = 7 * 86_400_000;

type TouchModel = Exclude<AttributionModel, 'markov_order1' | 'shapley_subset'>;

/** Relative weights of a path's touches. The rule-based models are those of web analytics practice
 *  (GA4 and its predecessor's model comparison). */
const touchWeights: Record<TouchModel, (row: PathCount) => readonly number[]> = {
  first: ({ path }) => only(path, 0),
  last: ({ path }) => only(path, path.length - 1),
  last_non_direct: ({ path }) => only(path, lastNonDirect(path)),
  linear: ({ path }) => path.map(() => 1),
  position_40_20_40: ({ path }) => positionWeights(path.length),
  time_decay_7d: decayWeights,
};

/** Credits of every channel under a model, in the currency of `paths`; they add up to its orders and
 *  revenue. `chain` is the Markov model of all paths, whatever their currency: channels lead to a
 *  purchase, not to a currency. time_decay_7d needs the paths told apart by age. */
export function attribute(
  model: AttributionModel,
  paths: readonly PathCount[],
  chain?: MarkovModel,
): Credits {
  if (model === 'markov_order1') {
    return markovCredits(chain ?? markovModel(paths), totalOf(paths));
  }
  if (model === 'shapley_subset') return shapleyCredits(paths);
  return creditByTouch(paths, touchWeights[model]);
}

/** Whether time decay must know the ages of a path's touches: with one channel in it, that channel
 *  has all of the credit anyway. */
export function needsAges(path: readonly string[]): boolean {
  return path.some((channel) => channel !== path[0]);
}

function only(path: readonly string[], touch: number): readonly number[] {
  return path.map((_, index) => (index === touch ? 1 : 0));
}

function lastNonDirect(path: readonly string[]): number {
  const touch = path.findLastIndex((channel) => channel !== directChannel);
  return touch < 0 ? path.length - 1 : touch;
}

/** One touch has all, two have half each; else first and last 40 % each, the middle shares 20 %. */
function positionWeights(touches: number): readonly number[] {
  if (touches <= 2) return new Array<number>(touches).fill(1);
  const middle = 0.2 / (touches - 2);
  return [0.4, ...new Array<number>(touches - 2).fill(middle), 0.4];
}

/** 2^(-age / 7 days). Ages are taken from the youngest touch: only ratios matter, and old touches
 *  alone (a long look-back) cannot then all round down to nothing. */
function decayWeights({ path, agesMs }: PathCount): readonly number[] {
  if (!needsAges(path)) return path.map(() => 1);
  if (agesMs.length !== path.length) {
    throw new RangeError(`time decay needs ${path.length} ages, got ${agesMs.length}`);
  }
  const youngest = agesMs.reduce((age, other) => Math.min(age, other), Infinity);
  return agesMs.map((age) => 2 ** ((youngest - age) / halfLifeMs));
}
