import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Figures, Table } from './compare';

type Cells = Readonly<Record<string, string>>;

/** The rows of an answer file as a table, by what `row` makes of each. */
export function readAnswers(
  folder: string,
  file: string,
  row: (cells: Cells) => readonly [key: string, figures: Figures],
): Table {
  const rows = parse(readFileSync(join(folder, file)), { columns: true }) as readonly Cells[];
  return new Map(rows.map(row));
}

export function readAnswerJson<T>(folder: string, file: string): T {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
}

/** The named columns as numbers. */
export function numbers(cells: Cells, ...columns: readonly string[]): readonly number[] {
  return columns.map((column) => Number(cells[column]));
}
