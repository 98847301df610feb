import { writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { asEngineError } from './errors';
import { endsWithClient, isStreamable, killStatement, prelude, type Statement } from './statement';

/** Counts for the summary header; rows and bytes read are of the file where one is inserted. */
export interface Totals {
  rowsRead: number;
  bytesRead: number;
}

export interface Engine {
  /**
   * Runs one statement in a session of its own: settings and parameters would stay in a shared one.
   * `write` gets the output in pieces and may take its time. Aborting ends a streamed SELECT before
   * its next piece, and any other statement as a server would whose client went away: only if
   * `cancel_http_readonly_queries_on_client_close` is set. Throws EngineError.
   */
  run(statement: Statement, output: Output): Promise<Totals>;
  close(): void;
}

export interface Output {
  write(piece: Uint8Array): Promise<void>;
  signal: AbortSignal;
}

/** Opens the folder; a folder open in another process is refused. One engine a process. */
export function openEngine(folder: string): Engine {
  const open = () => new Session(folder, { connectionArgs: [`--config-file=${configFile}`] });
  const configFile = writeConfig(folder);
  // The engine closes its tables with its last session: this one keeps them open between requests.
  const keeper = open();
  const inSession = async <T>(use: (session: Session) => Promise<T>): Promise<T> => {
    const session = open();
    try {
      return await use(session);
    } finally {
      session.close();
    }
  };
  return {
    async run(statement, output) {
      const kill = () => {
        // Nobody waits for this any more; a kill that fails finds the query's own time limit.
        inSession((session) => session.queryAsync(killStatement(statement))).catch(() => {});
      };
      if (endsWithClient(statement)) output.signal.addEventListener('abort', kill, { once: true });
      try {
        return await inSession((session) => runIn(session, statement, output));
      } catch (error) {
        throw output.signal.aborted ? error : asEngineError(error);
      } finally {
        output.signal.removeEventListener('abort', kill);
      }
    },
    close: () => keeper.close(),
  };
}

async function runIn(session: Session, statement: Statement, output: Output): Promise<Totals> {
  for (const sql of prelude(statement)) await session.queryAsync(sql);
  if (isStreamable(statement)) return stream(session, statement, output);
  const result = await session.queryAsync(statement.sql, { format: statement.format });
  const bytes = result.bytes();
  if (bytes.length > 0 && !output.signal.aborted) await output.write(bytes);
  return { rowsRead: result.rowsRead, bytesRead: result.bytesRead };
}

async function stream(session: Session, statement: Statement, output: Output): Promise<Totals> {
  const totals = { rowsRead: 0, bytesRead: 0 };
  const { format } = statement;
  for await (const piece of session.queryStream(statement.sql, { format, signal: output.signal })) {
    totals.rowsRead += piece.numRows;
    totals.bytesRead += piece.numBytes;
    await output.write(piece.raw());
  }
  return totals;
}

/**
 * Server settings for a small machine that runs everything else too: half its memory and at most
 * 4 GB, and few background threads. The free-entry limits go with the pool's size: with the
 * defaults a pool of 4 would never merge large parts nor run a mutation.
 */
function writeConfig(folder: string): string {
  const memory = Math.min(4 * 1024 ** 3, Math.floor(totalmem() / 2));
  const file = join(folder, '..', 'clickhouse-config.xml');
  const settings = {
    max_server_memory_usage: memory,
    mark_cache_size: 128 * 1024 ** 2,
    background_pool_size: 4,
    background_schedule_pool_size: 8,
    merge_tree: {
      number_of_free_entries_in_pool_to_execute_mutation: 2,
      number_of_free_entries_in_pool_to_lower_max_size_of_merge: 2,
      number_of_free_entries_in_pool_to_execute_optimize_entire_partition: 2,
    },
  };
  writeFileSync(file, `<clickhouse>${xml(settings)}</clickhouse>\n`);
  return file;
}

interface Xml {
  [name: string]: number | Xml;
}

function xml(settings: Xml): string {
  return Object.entries(settings)
    .map(([name, value]) => `<${name}>${typeof value === 'number' ? value : xml(value)}</${name}>`)
    .join('');
}
