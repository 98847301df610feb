import type { reasons } from './outcome';

/** Why an item is refused: one of the reasons of the outcome `dead`, and in words what is wrong. */
export interface Refusal {
  readonly reason: (typeof reasons.dead)[number];
  readonly message: string;
}
