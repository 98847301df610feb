/** The statements of an SQL file, without comments, in order: ClickHouse takes one a request. A
 *  semicolon or two dashes within quotes are part of the statement. */
export function splitStatements(sql: string): readonly string[] {
  const statements: string[] = [];
  let statement = '';
  for (const [token] of sql.matchAll(tokens)) {
    if (token.startsWith('--') || token.startsWith('/*')) statement += ' ';
    else if (token === ';') statement = pushTo(statements, statement);
    else statement += token;
  }
  pushTo(statements, statement);
  return statements;
}

/** A comment, a quoted text or name (a backslash escapes), a semicolon, or anything else. */
const tokens =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"|`(?:\\[\s\S]|[^`\\])*`|;|[^;'"`/-]+|[^;]/g;

function pushTo(statements: string[], statement: string): '' {
  const trimmed = statement.replace(/[ \t]+\n/g, '\n').trim();
  if (trimmed !== '') statements.push(trimmed);
  return '';
}
