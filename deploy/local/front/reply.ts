import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { createGzip, constants as zlib } from 'node:zlib';
import type { Totals } from './engine';
import type { EngineError } from './errors';
import type { Statement } from './statement';

/** A client that takes nothing for this long loses its answer, so that it cannot hold a query open. */
const stalledAfterMs = 60_000;

/** The answer to one request: headers with the first piece, so that an early error has its status. */
export class Reply {
  private readonly exceptionTag = randomBytes(8).toString('hex');
  private body: Writable | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly url: URLSearchParams,
    private readonly gone: AbortSignal,
  ) {}

  /** Resolves when the client has room for more. */
  async write(piece: Uint8Array, statement: Statement): Promise<void> {
    this.body ??= this.begin(statement);
    if (this.body.write(piece)) return;
    const signal = AbortSignal.any([this.gone, AbortSignal.timeout(stalledAfterMs)]);
    await once(this.body, 'drain', { signal });
  }

  end(statement: Statement, totals: Totals & { rowsWritten: number; elapsedMs: number }): void {
    if (this.body === undefined) {
      this.response.setHeader('X-ClickHouse-Summary', summary(totals));
      this.body = this.begin(statement);
    }
    this.body.end();
  }

  /**
   * Before the first piece: the status and code of the error. After it: the frame a server ends a
   * broken answer with, and then the connection itself, for readers that do not look for the frame.
   */
  fail(error: EngineError): void {
    const { response } = this;
    if (this.body === undefined) {
      response.statusCode = error.httpStatus;
      response.setHeader('X-ClickHouse-Exception-Code', error.code);
      response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
      response.end(`${error.message}\n`);
      return;
    }
    const text = `${error.message}\n`;
    const length = Buffer.byteLength(text);
    const marks = [
      `\r\n__exception__\r\n${this.exceptionTag}\r\n`,
      `${length} ${this.exceptionTag}`,
    ];
    const frame = `${marks[0]}${text}${marks[1]}\r\n__exception__\r\n`;
    this.body.write(frame, () => setImmediate(() => response.destroy()));
  }

  private begin(statement: Statement): Writable {
    const { response } = this;
    response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
    response.setHeader('X-ClickHouse-Query-Id', statement.queryId);
    response.setHeader('X-ClickHouse-Exception-Tag', this.exceptionTag);
    if (!this.wantsGzip()) return response;
    response.setHeader('Content-Encoding', 'gzip');
    const gzip = createGzip({ level: zlib.Z_BEST_SPEED });
    gzip.pipe(response);
    return gzip;
  }

  private wantsGzip(): boolean {
    const accepted = this.request.headers['accept-encoding'] ?? '';
    return this.url.get('enable_http_compression') === '1' && /\bgzip\b/.test(String(accepted));
  }
}

/** The counts as the official client parses them. */
function summary(totals: Totals & { rowsWritten: number; elapsedMs: number }): string {
  return JSON.stringify({
    read_rows: String(totals.rowsRead),
    read_bytes: String(totals.bytesRead),
    written_rows: String(totals.rowsWritten),
    written_bytes: String(totals.rowsWritten === 0 ? 0 : totals.bytesRead),
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: '0',
    elapsed_ns: String(Math.round(totals.elapsedMs * 1e6)),
  });
}
