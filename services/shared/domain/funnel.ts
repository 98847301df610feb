import type { EventType } from './event';

/** The funnel's steps, in order; the first is how it is entered. */
export const funnelSteps: readonly EventType[] = [
  'product_viewed',
  'product_added',
  'checkout_started',
  'order_completed',
];

/** Whose steps are followed. */
export const funnelActors = ['user', 'session'] as const;
export type FunnelActor = (typeof funnelActors)[number];

/** One row of a funnel. */
export interface FunnelRow {
  /** Start of the row's time, milliseconds UTC; null where the row is for the whole time. */
  readonly start: number | null;
  /** Per step, how many reached it. */
  readonly entered: readonly number[];
}
