import type { PathInCurrency } from './attribution-report';

export interface PathRow {
  readonly path: readonly string[];
  readonly conversions: number;
  readonly revenueMinor: number;
  readonly currency: string;
  readonly nulls: number | null;
}

/** One row a path in the tenant's currency, with the users who ordered nothing; then one for each
 *  other currency in which there were orders with this path. */
export function mergedPaths(
  paths: readonly PathInCurrency[],
  currency: string,
): readonly PathRow[] {
  const rows = new Map<string, { own: PathRow; others: PathRow[] }>();
  for (const part of paths) {
    const { path, conversions, revenueMinor, nulls } = part;
    const key = JSON.stringify(path);
    const empty = { path, conversions: 0, revenueMinor: 0, currency, nulls: 0 };
    const row = rows.get(key) ?? { own: empty, others: [] };
    rows.set(key, row);
    if (part.currency === '' || part.currency === currency) {
      row.own = {
        ...row.own,
        conversions: row.own.conversions + conversions,
        revenueMinor: row.own.revenueMinor + revenueMinor,
        nulls: (row.own.nulls ?? 0) + nulls,
      };
    } else {
      row.others.push({ path, conversions, revenueMinor, currency: part.currency, nulls: null });
    }
  }
  return [...rows.values()].flatMap(({ own, others }) => [own, ...others]);
}
