import type { Metrics } from './metrics';

/** Does one step of a stage and takes its time, whether it succeeds or not. */
export type StepTimer = <T>(step: string, work: () => T | Promise<T>) => Promise<T>;

/** Times into `tributary_batch_seconds`; steps are a closed set of words in the stage's own code. */
export function createStepTimer(metrics: Pick<Metrics, 'observe'>): StepTimer {
  return async (step, work) => {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.observe('tributary_batch_seconds', { step }, seconds);
    }
  };
}
