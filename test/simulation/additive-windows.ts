import { coordinatesText, type EventRow } from '../../services/shared/domain/event-row';
import { windowTableNames } from '../../services/shared/domain/window';
import type { Lines, Table } from './table';

type Figures = Record<string, unknown>;

/** Windows that are sums: each insert adds what its rows change, and an original that is inserted
 *  again is added again. */
export function addedUp(table: Table, rows: readonly EventRow[]): void {
  const originals = new Set(rows.filter(({ version }) => version === 0).map(coordinatesText));
  const rest = table
    .rows()
    .filter((row) => row.version > 0 || !originals.has(coordinatesText(row)));
  table.insert(rows);
  for (const name of windowTableNames) {
    const [before, after] = [rest, table.rows()].map((some) => table.linesOf(name, some));
    if (before === undefined || after === undefined) continue;
    const keys = new Set([...before.keys(), ...after.keys()]);
    const sums = [...keys].map((key) => {
      const stored = table.stored().get(`${name} ${key}`);
      return [key, sumOf(stored, before.get(key), after.get(key))] as const;
    });
    table.replace(name, new Map(sums), table.clock());
  }
}

/** Stored lines, plus what came between before and after. */
function sumOf(...[stored, before, after]: readonly (Lines | undefined)[]): Lines {
  const names = new Set([stored, before, after].flatMap((lines) => [...(lines?.keys() ?? [])]));
  const sums = [...names].map((name) => {
    const [was = {}, from = {}, to = {}] = [stored, before, after].map((lines) =>
      figuresOf(lines?.get(name)),
    );
    return [name, changed(was, from, to)] as const;
  });
  const left = sums.filter(
    ([name, figures]) => after?.has(name) || Object.values(figures).some((one) => Number(one) > 0),
  );
  return new Map(left.map(([name, figures]) => [name, JSON.stringify(figures)]));
}

function changed(was: Figures, from: Figures, to: Figures): Figures {
  const figures: Figures = { ...was, ...to };
  for (const name of Object.keys(figures)) {
    const [a, b, c] = [was[name], from[name], to[name]].map((value) => value ?? 0);
    if (typeof to[name] === 'number' || typeof from[name] === 'number') {
      figures[name] = Number(a) - Number(b) + Number(c);
    }
  }
  return figures;
}

function figuresOf(text: string | undefined): Figures {
  return text === undefined ? {} : (JSON.parse(text) as Figures);
}
