import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What Node says of bytes that are no request, or of a request that does not come to its end. */
export interface BrokenRequest extends Error {
  readonly code?: string;
  /** The parser's own words, of which there are a few dozen. */
  readonly reason?: string;
}

export interface BrokenRequests {
  /** Keeps in mind which answers a connection still waits for. */
  watch(server: Server): void;
  /** Answers, in the form of every other error, what never became a request, and closes the
   *  connection: after the requests that came before it on the same connection, since answers are
   *  known by their order. */
  answer(error: BrokenRequest, socket: Socket): void;
}

interface Fault {
  readonly status: string;
  readonly error: string;
  readonly message: string;
}

export function createBrokenRequests(): BrokenRequests {
  const waiting = new WeakMap<Socket, Set<ServerResponse>>();
  return {
    watch(server) {
      server.prependListener('request', ({ socket }, response: ServerResponse) => {
        const responses = waiting.get(socket) ?? new Set();
        waiting.set(socket, responses.add(response));
        response.once('close', () => responses.delete(response));
      });
    },
    answer(error, socket) {
      if (error.code === 'ECONNRESET' || !socket.writable) {
        // The rest of a request that was answered already comes here too: its time is running.
        if (!socket.writableEnded) socket.destroy();
        return;
      }
      // The request that broke is one of them where its head was whole.
      const before = [...(waiting.get(socket) ?? [])].filter(({ req }) => req.complete);
      if (before.length === 0) return close(socket, faultOf(error));
      const answered = Promise.all(before.map((response) => once(response, 'close')));
      void answered.then(() => close(socket, faultOf(error)));
    },
  };
}

function faultOf({ code = '', reason }: BrokenRequest): Fault {
  const known = faults[code];
  if (known !== undefined) return known;
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

function close(socket: Socket, { status, ...fault }: Fault): void {
  if (!socket.writable) return void socket.destroy();
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
