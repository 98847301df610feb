import { TransientError } from '../../../services/shared/runtime/errors';

/** Effects in the order they happened. Everything a stage does to the outside goes through `step`. */
export interface EffectLog {
  readonly effects: readonly string[];
  step<T>(effect: string, work: () => T | Promise<T>): Promise<T>;
}

/** Where a process dies: at its nth effect, before or after that took place. It dies once. */
export interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
}

export function anEffectLog(death?: Death): EffectLog {
  const effects: string[] = [];
  let steps = 0;
  return {
    effects,
    async step(effect, work) {
      steps += 1;
      const dies = steps === death?.at ? death.when : 'not at all';
      if (dies === 'before') throw new TransientError(`died before ${effect}`);
      effects.push(effect);
      const result = await work();
      if (dies === 'after') throw new TransientError(`died after ${effect}`);
      return result;
    },
  };
}

/** Every way to die in a run of this many effects. */
export function deathsWithin(steps: number): readonly Death[] {
  return Array.from({ length: steps }, (_, nth) => nth + 1).flatMap((at) => [
    { at, when: 'before' as const },
    { at, when: 'after' as const },
  ]);
}
