/** Random choices of which each seed gives one sequence. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, limit). */
  below(limit: number): number;
  /** A whole number from `first` to `last`, both inclusive. */
  between(first: number, last: number): number;
  chance(probability: number): boolean;
  pick<T>(some: readonly T[]): T;
  shuffled<T>(all: readonly T[]): readonly T[];
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are enough for runs this short. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed, 0x9e37_79b9) ^ 0x5bd1_e995;
  const next = () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (first, last) => first + below(last - first + 1),
    chance: (probability) => next() < probability,
    pick: <T>(some: readonly T[]) => some[below(some.length)] as T,
    shuffled<T>(all: readonly T[]) {
      const order = [...all];
      for (let at = order.length - 1; at > 0; at -= 1) {
        const other = below(at + 1);
        [order[at], order[other]] = [order[other] as T, order[at] as T];
      }
      return order;
    },
  };
}
