import type { Account } from './sdk-world';

/** What became of the calls of one user. */
export interface Row {
  readonly sdk: string;
  readonly phase: string;
  /** Calls that were handed to the SDK. */
  readonly calls: number;
  readonly failures: number;
  /** Numbers of the calls that the SDK said it gave up. */
  readonly givenUp: readonly number[];
  readonly account: Account;
}

const heads = [
  ...['SDK', 'phase', 'sent', 'failed tries', 'accepted', 'duplicates', 'counted', 'given up'],
  ...['lost', 'doubled'],
];

/** Lost: neither counted nor named by the SDK as given up. Doubled: counted more than once. */
export function lost({ calls, givenUp, account }: Row): number {
  const known = new Set([...account.counted, ...givenUp]);
  return Array.from({ length: calls }, (_, n) => n).filter((n) => !known.has(n)).length;
}

export function doubled({ account: { counted } }: Row): number {
  return counted.length - new Set(counted).size;
}

/** One line a phase, on standard error like all else that a test run says. */
export function printReport(rows: readonly Row[]): void {
  const lines = rows.map((row) => [
    row.sdk,
    row.phase,
    ...[row.calls, row.failures, row.account.accepted, row.account.duplicates].map(String),
    ...[row.account.counted.length, row.givenUp.length, lost(row), doubled(row)].map(String),
  ]);
  const all = [heads, ...lines];
  const widths = heads.map((_, at) => Math.max(...all.map((line) => line[at]?.length ?? 0)));
  const text = (line: readonly string[]) =>
    line
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ');
  process.stderr.write(`${all.map(text).join('\n')}\n`);
}
