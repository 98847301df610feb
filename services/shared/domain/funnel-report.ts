import type { EventType } from './event';
import { funnelSteps } from './funnel';

/** The conversion window of the stored funnel, and of a question that names none. */
export const defaultConversionMs = 24 * 3_600_000;

export const funnelActors = ['user', 'session'] as const;
export type FunnelActor = (typeof funnelActors)[number];

/** `strict`: each step after the one before it, within the conversion window of the first. `any`: who
 *  did the step in the row's time, whatever else they did. */
export const funnelOrders = ['strict', 'any'] as const;
export type FunnelOrder = (typeof funnelOrders)[number];

/** How many users or sessions reached each step, or did it. */
export interface FunnelRow {
  /** Milliseconds UTC; null where all is one row. */
  readonly start: number | null;
  readonly entered: readonly number[];
}

export interface FunnelReport {
  readonly rows: readonly FunnelRow[];
  /** Some of it stands in windows that could not be recomputed. */
  readonly stale: boolean;
}

/** Whether these are the steps that the stored funnel counts. */
export function areStoredSteps(steps: readonly EventType[]): boolean {
  return steps.length === funnelSteps.length && steps.every((s, i) => s === funnelSteps[i]);
}
