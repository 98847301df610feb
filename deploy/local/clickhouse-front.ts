import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { type Engine, openEngine } from './front/engine';
import { asEngineError } from './front/errors';
import { Permits } from './front/permits';
import { Reply } from './front/reply';
import { openSpool, type Spool, type SpooledFile } from './front/spool';
import { insertFromFile, parseStatement, type Statement, splitInlineData } from './front/statement';

/**
 * A stand-in for a ClickHouse server on a developer's machine: the real engine, embedded, behind as
 * much of the server's HTTP interface as the official client uses. Started as
 * `node --max-http-header-size=1048576 clickhouse-front.js PORT FOLDER`.
 *
 * It listens on 127.0.0.1 alone: it knows no users, and SQL can read this machine's files.
 */

/** Each running query holds one of the 16 threads of libuv's pool; files and gzip need some too. */
const queriesAtOnce = 12;
const queriesWaiting = 1_000;
const maxSqlBytes = 16 * 1024 * 1024;

interface Front {
  engine: Engine;
  spool: Spool;
  permits: Permits;
}

function main(port: number, folder: string): void {
  const front = {
    engine: openEngine(folder),
    spool: openSpool(join(folder, '..', 'clickhouse-spool')),
    permits: new Permits(queriesAtOnce, queriesWaiting),
  };
  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    void handle(front, request, response);
  });
  server.listen(port, '127.0.0.1');
  const stop = () => {
    server.close(() => {
      front.engine.close();
      process.exit(0);
    });
    // Connections that are busy now are idle, and kept alive, once they have their answer.
    setInterval(() => server.closeIdleConnections(), 100);
  };
  process.once('SIGTERM', stop);
  // The supervisor holds the other end: it is gone.
  process.once('disconnect', stop);
}

async function handle(
  front: Front,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/ping' || (request.method === 'GET' && !searchParams.has('query'))) {
    response.end('Ok.\n');
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  // A client that goes away while it is written to is told by 'close'; the error says no more.
  response.on('error', () => gone.abort());
  const reply = new Reply(request, response, searchParams, gone.signal);
  try {
    const work = await accept(front, request, searchParams);
    try {
      await run(front, work, { reply, signal: gone.signal });
    } finally {
      await work.data?.remove();
    }
  } catch (error) {
    if (gone.signal.aborted) response.destroy();
    else reply.fail(asEngineError(error));
  }
}

interface Work {
  statement: Statement;
  data: SpooledFile | undefined;
}

/** Reads the request whole. Data of an insert goes to a file, however large it is. */
async function accept(front: Front, request: IncomingMessage, url: URLSearchParams): Promise<Work> {
  const inUrl = url.get('query');
  const gzipped = request.headers['content-encoding'] === 'gzip';
  if (inUrl === null) {
    const body = await buffer(limited(gzipped ? request.pipe(createGunzip()) : request));
    const text = body.toString('utf8');
    const inline = splitInlineData(text);
    if (inline === undefined) return { statement: parseStatement(url, text), data: undefined };
    return insertOf(url, inline.sql, await front.spool.keep(Readable.from([inline.data])), 'none');
  }
  const isInsert = /^\s*INSERT\s.*\sFORMAT\s+\w+\s*;?\s*$/is.test(inUrl);
  if (isInsert && !/\bSELECT\b/i.test(inUrl)) {
    return insertOf(url, inUrl, await front.spool.keep(request), gzipped ? 'gzip' : 'none');
  }
  request.resume();
  return { statement: parseStatement(url, inUrl), data: undefined };
}

async function insertOf(
  url: URLSearchParams,
  sql: string,
  data: SpooledFile,
  compression: 'none' | 'gzip',
): Promise<Work> {
  try {
    const statement = parseStatement(url, sql);
    return { statement: { ...statement, sql: insertFromFile(sql, data.path, compression) }, data };
  } catch (error) {
    await data.remove();
    throw error;
  }
}

async function* limited(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > maxSqlBytes) {
      throw new Error(
        `Code: 283. DB::Exception: SQL over ${maxSqlBytes} bytes (QUERY_IS_TOO_LARGE)`,
      );
    }
    yield piece;
  }
}

async function run(
  { engine, permits }: Front,
  { statement, data }: Work,
  { reply, signal }: { reply: Reply; signal: AbortSignal },
): Promise<void> {
  const giveBack = await permits.acquire(signal);
  const begun = performance.now();
  try {
    const write = (piece: Uint8Array) => reply.write(piece, statement);
    const totals = await engine.run(statement, { write, signal });
    const rowsWritten = data === undefined ? 0 : totals.rowsRead;
    reply.end(statement, { ...totals, rowsWritten, elapsedMs: performance.now() - begun });
  } finally {
    giveBack();
  }
}

const [port, folder] = process.argv.slice(2);
main(Number(port), folder as string);
