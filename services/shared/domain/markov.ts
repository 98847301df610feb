import { type Credit, type Credits, channelsOf, type PathCount } from './paths';

/** States beside the channels; no channel group's name is in parentheses. */
const start = '(start)';
const conversion = '(conversion)';
const none = '(null)';

export interface MarkovModel {
  /** Probability that a walk from (start) ends in (conversion). */
  readonly conversionProbability: number;
  /** Per channel, the share of conversions that is lost when the channel leads nowhere. */
  readonly removalEffects: ReadonlyMap<string, number>;
  /** Probability of each next state, for (start) and each channel. Each channel names both ends. */
  readonly transitions: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** First-order chain over all paths, those of buyers and of non-buyers, each counted as often as it
 *  was walked (Anderl et al., "Mapping the customer journey", IJRM 2016). The removal effect of a
 *  channel is 1 - P(conversion with the channel's visits sent to (null)) / P(conversion). */
export function markovModel(paths: readonly PathCount[]): MarkovModel {
  const channels = channelsOf(paths);
  const transitions = transitionsOf(paths, channels);
  const base = conversionProbability(transitions, channels);
  const effects = channels.map((channel): [string, number] => {
    const others = channels.filter((other) => other !== channel);
    const without = conversionProbability(transitions, others);
    return [channel, base === 0 ? 0 : clampedShare(1 - without / base)];
  });
  return { conversionProbability: base, removalEffects: new Map(effects), transitions };
}

/** Shares orders and revenue out in proportion to the removal effects. */
export function markovCredits(model: MarkovModel, total: Credit): Credits {
  let sum = 0;
  for (const effect of model.removalEffects.values()) sum += effect;
  const credits = [...model.removalEffects].map(([channel, effect]): [string, Credit] => {
    const share = sum === 0 ? 0 : effect / sum;
    return [
      channel,
      { conversions: total.conversions * share, revenueMinor: total.revenueMinor * share },
    ];
  });
  return new Map(credits);
}

function transitionsOf(paths: readonly PathCount[], channels: readonly string[]) {
  const ends: [string, number][] = [
    [conversion, 0],
    [none, 0],
  ];
  const counts = new Map<string, Map<string, number>>([[start, new Map()]]);
  for (const channel of channels) counts.set(channel, new Map(ends));
  const walk = (from: string, to: string, times: number) => {
    const row = counts.get(from);
    row?.set(to, (row.get(to) ?? 0) + times);
  };
  for (const { path, conversions, nulls } of paths) {
    let at = start;
    for (const channel of path) {
      walk(at, channel, conversions + nulls);
      at = channel;
    }
    walk(at, conversion, conversions);
    walk(at, none, nulls);
  }
  return new Map([...counts].map(([state, row]) => [state, shares(row)]));
}

function shares(row: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  let sum = 0;
  for (const times of row.values()) sum += times;
  return new Map([...row].map(([state, times]) => [state, sum === 0 ? 0 : times / sum]));
}

/** P(conversion) from (start) when only `channels` can be passed through: x = Qx + r is solved for
 *  the channels, then one more step is taken from (start). */
function conversionProbability(
  transitions: MarkovModel['transitions'],
  channels: readonly string[],
): number {
  const chance = (from: string, to: string) => transitions.get(from)?.get(to) ?? 0;
  const rows = channels.map((from, i) => [
    ...channels.map((to, j) => (i === j ? 1 : 0) - chance(from, to)),
    chance(from, conversion),
  ]);
  const reached = solve(rows);
  return channels.reduce((sum, channel, i) => sum + chance(start, channel) * (reached[i] ?? 0), 0);
}

/** Gauss-Jordan elimination of an augmented matrix. Every channel's walk ends some time, so the
 *  matrix I - Q is a non-singular M-matrix and needs no pivoting (Berman and Plemmons, ch. 6). */
function solve(rows: number[][]): readonly number[] {
  rows.forEach((pivotRow, column) => {
    const pivot = pivotRow[column] ?? 1;
    for (let k = column; k < pivotRow.length; k += 1) pivotRow[k] = (pivotRow[k] ?? 0) / pivot;
    for (const row of rows) {
      const factor = row[column] ?? 0;
      if (row === pivotRow || factor === 0) continue;
      for (let k = column; k < row.length; k += 1) {
        row[k] = (row[k] ?? 0) - factor * (pivotRow[k] ?? 0);
      }
    }
  });
  return rows.map((row) => row.at(-1) ?? 0);
}

/** Rounding may leave a share a few ulps outside [0, 1]. */
function clampedShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}
