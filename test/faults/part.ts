/** One kind of numbers: how many were compared, and those that differ, a sentence each. */
export interface Part {
  readonly of: string;
  readonly compared: number;
  readonly faults: readonly string[];
}
