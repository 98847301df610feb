import { randomUUID } from 'node:crypto';
import { badArguments, syntaxError } from './errors';

/** One HTTP request as the engine is to run it. */
export interface Statement {
  sql: string;
  /** Output format where the SQL names none. */
  format: string;
  database: string | undefined;
  /** Settings for this statement alone, in the order given, `readonly` last. */
  settings: readonly (readonly [string, string])[];
  /** Values of `{name:Type}` in the SQL, escaped as in tab-separated text. */
  parameters: readonly (readonly [string, string])[];
  queryId: string;
}

/** URL parameters that belong to the HTTP interface itself and are no settings of the engine. */
const ownParameters = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'wait_end_of_query',
  'buffer_size',
  'user',
  'password',
  'quota_key',
  'stacktrace',
]);

/** Silence about these would give wrong answers rather than none. */
const unsupported = new Set([
  'session_id',
  'role',
  'compress',
  'decompress',
  'client_protocol_version',
]);

/**
 * Reads what the ClickHouse HTTP interface takes from the URL; `sql` is the statement, from the
 * URL or the body. Throws EngineError for what this front does not do.
 */
export function parseStatement(url: URLSearchParams, sql: string): Statement {
  const settings: [string, string][] = [];
  const parameters: [string, string][] = [];
  for (const [name, value] of url) {
    if (ownParameters.has(name)) continue;
    if (unsupported.has(name)) throw badArguments(`The local front does not support ${name}`);
    if (!/^\w+$/.test(name)) throw badArguments(`Invalid name of a setting: ${name}`);
    if (name.startsWith('param_')) parameters.push([name, value]);
    else settings.push([name, value]);
  }
  const queryId = url.get('query_id') ?? randomUUID();
  if (!url.has('log_comment')) settings.push(['log_comment', queryId]);
  settings.sort(([a], [b]) => Number(a === 'readonly') - Number(b === 'readonly'));
  return {
    sql: killedByOwnId(singleStatement(sql)),
    format: url.get('default_format') ?? 'TabSeparated',
    database: url.get('database') ?? undefined,
    settings,
    parameters,
    queryId,
  };
}

/**
 * The statements that put a session into the state the request asks for, to be run one by one.
 * A server takes parameters of any length; here they are SQL, of which the engine reads 256 KiB.
 */
export function prelude(statement: Statement): string[] {
  const { database, parameters, settings } = statement;
  const use = database === undefined ? [] : [`USE ${quotedName(database)}`];
  const assignments = [...parameters, ...settings].map(
    ([name, value]) => `${name} = ${quoted(value)}`,
  );
  if (assignments.length === 0) return use;
  const set = `SET ${assignments.join(', ')}`;
  if (Buffer.byteLength(set) < engineSqlBytes) return [[...use, set].join('; ')];
  const restored = settings.some(([name]) => name === 'max_query_size')
    ? set
    : `${set}, max_query_size = ${engineSqlBytes}`;
  return [...use, `SET max_query_size = ${2 * Buffer.byteLength(set)}`, restored];
}

/** The engine's default for max_query_size. */
const engineSqlBytes = 262_144;

/**
 * The same INSERT, reading its data from a file. Inline, data would end at the first blank line and
 * the rest of it would run as SQL. Throws EngineError where the statement is no `INSERT ... FORMAT x`.
 */
export function insertFromFile(sql: string, file: string, compression: 'none' | 'gzip'): string {
  const parts = /^(\s*INSERT\s.*?)(\sSETTINGS\s.*?)?\sFORMAT\s+(\w+)\s*;?\s*$/is.exec(sql);
  if (parts === null)
    throw badArguments('Data in the body needs a query INSERT INTO ... FORMAT ...');
  const [, head, settings = '', format] = parts;
  return `${head} FROM INFILE ${quoted(file)} COMPRESSION '${compression}'${settings} FORMAT ${format}`;
}

/** True where the request asks that the query be ended should its client go away. */
export function endsWithClient({ settings }: Statement): boolean {
  return settings.some(
    ([name, value]) => name === 'cancel_http_readonly_queries_on_client_close' && value === '1',
  );
}

/** Ends this statement where it runs. The engine waits for ever where a kill is not ASYNC. */
export function killStatement({ queryId }: Statement): string {
  return `KILL QUERY WHERE ${shownQueryId} = ${quoted(queryId)} ASYNC`;
}

/**
 * The embedded engine makes up its own query ids; the request's travels in `log_comment`, and a
 * KILL QUERY that names it is made to look there.
 */
function killedByOwnId(sql: string): string {
  if (!/^\s*KILL\s+QUERY\s/i.test(sql)) return sql;
  const rewritten = sql.replace(/\bquery_id\b/g, shownQueryId).replace(/\s(A?SYNC)\b/i, '');
  return rewritten.replace(/(\s+FORMAT\s+\w+)?\s*;?\s*$/i, ' ASYNC$1');
}

const shownQueryId = "Settings['log_comment']";

/** Splits a body that holds an INSERT and its data; undefined where it holds a statement alone. */
export function splitInlineData(body: string): { sql: string; data: string } | undefined {
  const head =
    /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?[\w.`"]+\s*(?:\([^)]*\)\s*)?(?:SETTINGS\s[^\n]*?\s)?FORMAT\s+(\w+)[ \t]*(?:\r?\n|(?=[^\w\s;]))/i;
  const match = head.exec(body);
  if (match === null || match[1]?.toLowerCase() === 'values') return undefined;
  const data = body.slice(match[0].length);
  return data.trim() === '' ? undefined : { sql: match[0], data };
}

/**
 * True for a SELECT whose output format is the same in pieces as in one: those can be streamed.
 * Formats with a header or an envelope would repeat it in each piece.
 */
export function isStreamable(statement: Statement): boolean {
  if (!/^\s*(?:SELECT|WITH)\b/i.test(statement.sql)) return false;
  const named = /\bFORMAT\s+(\w+)\s*(?:SETTINGS\s[^']*)?;?\s*$/i.exec(statement.sql)?.[1];
  return headerless.has((named ?? statement.format).toLowerCase());
}

const headerless = new Set([
  'jsoneachrow',
  'jsoncompacteachrow',
  'jsonstringseachrow',
  'jsoncompactstringseachrow',
  'tabseparated',
  'tsv',
  'csv',
  'rowbinary',
  'native',
]);

/** A server runs one statement a request; the embedded engine would run them all. */
function singleStatement(sql: string): string {
  const insignificant =
    /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|\$\w*\$[\s\S]*?\$\w*\$|--[^\n]*|#[! ][^\n]*|\/\*[\s\S]*?\*\/|;/gs;
  for (const token of sql.matchAll(insignificant)) {
    if (token[0] !== ';') continue;
    const rest = sql.slice(token.index + 1).replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '');
    if (rest.trim() !== '') throw syntaxError('Multi-statements are not allowed');
  }
  return sql;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
}

function quotedName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
