/** A row's figures; texts are compared as they are, numbers within the column's tolerance. */
export type Figures = readonly (number | string)[];
export type Table = ReadonlyMap<string, Figures>;

export interface Comparison {
  readonly name: string;
  /** Rows that either side has. */
  readonly compared: number;
  readonly differ: number;
  /** The first rows that differ, in words. */
  readonly examples: readonly string[];
}

export interface CompareOptions {
  /** Per column; 0 where nothing is said. */
  readonly tolerances?: readonly number[];
  /** A row that is missing stands for one of zeros: nothing happened. */
  readonly missingIsZero?: boolean;
}

const mostExamples = 5;

/** Compares two tables row by row, whatever their order. */
export function compareTables(
  name: string,
  { expected, actual }: { readonly expected: Table; readonly actual: Table },
  { tolerances = [], missingIsZero = false }: CompareOptions = {},
): Comparison {
  const keys = [...new Set([...expected.keys(), ...actual.keys()])];
  const absent = (other: Figures | undefined) => (missingIsZero ? other?.map(() => 0) : undefined);
  const different = keys.filter((key) => {
    const one = expected.get(key) ?? absent(actual.get(key));
    const other = actual.get(key) ?? absent(expected.get(key));
    return !isSame(one, other, tolerances);
  });
  const examples = different
    .slice(0, mostExamples)
    .map((key) => `${key}: expected ${shown(expected.get(key))}, found ${shown(actual.get(key))}`);
  return { name, compared: keys.length, differ: different.length, examples };
}

function isSame(
  one: Figures | undefined,
  other: Figures | undefined,
  tolerances: readonly number[],
): boolean {
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  return one.every((value, column) => {
    const counterpart = other[column];
    if (typeof value !== 'number' || typeof counterpart !== 'number') return value === counterpart;
    return Math.abs(value - counterpart) <= (tolerances[column] ?? 0);
  });
}

function shown(row: Figures | undefined): string {
  return row === undefined ? 'no row' : row.join(' / ');
}
