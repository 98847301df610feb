/** One line of a table of what was sent and what it got. */
export interface Row {
  readonly group: string;
  readonly what: string;
  readonly got?: string;
  readonly said?: string;
}

/** Prints a table: jest keeps standard output to itself. */
export function printTable(name: string, rows: readonly Row[]): void {
  const lines = rows.map(({ group, what, got = '', said = '' }) => {
    const words = said === '' ? '' : ` (${said})`;
    return printable(`${name} | ${group} | ${what} -> ${got}${words}`);
  });
  process.stderr.write(`${lines.join('\n')}\n${name}: ${rows.length} lines\n`);
}

/** What was sent may hold anything: nothing of it may reach a terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}
