import type { Random } from './random';

/** What becomes of one call to a server. */
export type Fate =
  | 'well'
  /** Fails before anything happened. */
  | 'refused'
  /** Happens, and fails: a time-out after success. */
  | 'unanswered'
  /** Fails, and happens afterwards: the request was still on its way. */
  | 'late'
  /** Happens, is answered, and happens once more. */
  | 'repeated'
  /** The caller dies before the request leaves, with it on its way, or with the answer on its way. */
  | 'dies_before'
  | 'dies_asking'
  | 'dies_after'
  /** The caller stands still before the request leaves, or with the answer, and then goes on. */
  | 'stalls_before'
  | 'stalls_after';

const faults: readonly Fate[] = [
  'refused',
  'unanswered',
  'unanswered',
  'late',
  'repeated',
  'dies_before',
  'dies_asking',
  'dies_after',
  'dies_after',
  'stalls_before',
  'stalls_after',
];

/** A member that is not heard of for this long is no longer one. */
export const sessionMs = 3000;

/** How much goes wrong, which each seed draws for itself; nothing after `until`. */
export interface Chaos {
  /** Nothing goes wrong any more. */
  isOver(): boolean;
  fate(): Fate;
  /** Time a message takes. */
  delayMs(): number;
  /** Between what a statement reads and what it writes. */
  statementMs(): number;
  /** How long a process stands still: often past its session. */
  stallMs(): number;
  /** Time until a dead process is started again. */
  restartMs(): number;
  /** Whether a process stands still or dies between two steps of its own. */
  interruption(): 'none' | 'pause' | 'stall' | 'death';
}

export interface ChaosOptions {
  readonly random: Random;
  readonly now: () => number;
  /** Milliseconds of virtual time. */
  readonly until: number;
}

export function createChaos({ random, now, until }: ChaosOptions): Chaos {
  const rate = random.pick([0, 0.01, 0.03, 0.06]);
  const slowest = random.pick([5, 40, 400]);
  const isOver = () => now() >= until;
  return {
    isOver,
    fate: () => (isOver() || !random.chance(rate) ? 'well' : random.pick(faults)),
    delayMs: () => random.below(random.chance(0.1) && !isOver() ? slowest * 5 : slowest),
    statementMs: () => random.below(random.chance(0.3) && !isOver() ? 2 * sessionMs : slowest),
    stallMs: () => random.between(200, 3 * sessionMs),
    restartMs: () => random.between(50, 2 * sessionMs),
    interruption() {
      if (isOver() || !random.chance(rate / 2)) return 'none';
      return random.pick(['pause', 'pause', 'stall', 'death'] as const);
    },
  };
}
