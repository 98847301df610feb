/** One distinct path to purchase, as counted over many users: the channels of the sessions that led
 *  to an order (or to none), in the order in which the sessions started, repeats kept. */
export interface PathCount {
  readonly path: readonly string[];
  /** Orders with this path, in one currency. */
  readonly conversions: number;
  /** Revenue of those orders, minor units of that currency. */
  readonly revenueMinor: number;
  /** Users who ordered nothing and whose sessions are this path. */
  readonly nulls: number;
  /** Milliseconds between each touch's start and the order: one a touch where the orders are told
   *  apart by it, empty where they are not. */
  readonly agesMs: readonly number[];
}

/** What a channel is given for: fractions of orders and of their minor units. */
export interface Credit {
  readonly conversions: number;
  readonly revenueMinor: number;
}

export type Credits = ReadonlyMap<string, Credit>;

/** Orders and revenue (minor units) of all paths together: what every model's credits add up to. */
export function totalOf(paths: readonly PathCount[]): Credit {
  let conversions = 0;
  let revenueMinor = 0;
  for (const row of paths) {
    conversions += row.conversions;
    revenueMinor += row.revenueMinor;
  }
  return { conversions, revenueMinor };
}

/** Every channel that occurs in a path, with or without an order, in alphabetical order. */
export function channelsOf(paths: readonly PathCount[]): readonly string[] {
  return [...new Set(paths.flatMap((row) => row.path))].sort();
}

/** Splits each converting path's orders and revenue over its touches by `weigh`, whose weights are
 *  relative: any positive sum will do. */
export function creditByTouch(
  paths: readonly PathCount[],
  weigh: (row: PathCount) => readonly number[],
): Credits {
  const credits = new Map<string, Credit>();
  for (const row of paths) {
    if (row.conversions === 0) continue;
    const weights = weigh(row);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    row.path.forEach((channel, touch) => {
      const share = (weights[touch] ?? 0) / sum;
      if (share > 0) addCredit(credits, channel, row, share);
    });
  }
  return credits;
}

function addCredit(credits: Map<string, Credit>, channel: string, row: Credit, share: number) {
  const before = credits.get(channel);
  credits.set(channel, {
    conversions: (before?.conversions ?? 0) + row.conversions * share,
    revenueMinor: (before?.revenueMinor ?? 0) + row.revenueMinor * share,
  });
}
