import type { Socket } from 'node:net';

/** What Node says of bytes that are no request, or of a request that does not come to its end. */
export interface BrokenRequest extends Error {
  readonly code?: string;
  /** The parser's own words, of which there are a few dozen. */
  readonly reason?: string;
}

interface Fault {
  readonly status: string;
  readonly error: string;
  readonly message: string;
}

function malformedBy({ reason }: BrokenRequest): Fault {
  const why = reason === undefined ? '' : `: ${reason}`;
  const message = `these bytes are no HTTP request${why}`;
  return { status: '400 Bad Request', error: 'malformed_request', message };
}

/** 400 where sending it again cannot help: clients give up on no other status of this hundred. */
const faults: Readonly<Record<string, Fault>> = {
  HPE_HEADER_OVERFLOW: {
    status: '400 Bad Request',
    error: 'headers_too_large',
    message: 'the headers have more than 16 KB',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    error: 'request_timeout',
    message: 'the request did not come to its end in time',
  },
};

/** What is still coming is read for this long: closing in the middle of it resets the connection, and
 *  the client may never see the answer. */
const lingerMs = 1000;

/** Answers, in the form of every other error, what never became a request, and closes the connection. */
export function answerBrokenRequest(error: BrokenRequest, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    // The rest of a request that was answered already comes here too: its time is running.
    if (!socket.writableEnded) socket.destroy();
    return;
  }
  const { status, ...fault } = faults[error.code ?? ''] ?? malformedBy(error);
  const body = JSON.stringify({ ...fault, field: null });
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'access-control-allow-origin: *',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
