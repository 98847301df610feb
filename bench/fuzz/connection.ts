import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A bare connection to an HTTP server: it sends any bytes, sound or not. */
export interface Connection {
  send(bytes: Buffer | string): void;
  /** The next answer; null where the server closed the connection first. */
  answer(): Promise<Answer | null>;
  isOpen(): boolean;
  /** Resolves once the connection is no more. */
  closed(): Promise<void>;
  /** Goes away without a word. */
  destroy(): void;
}

/** Answers to HEAD have a length and no body: a connection that sends HEAD says so. */
export function openConnection(
  port: number,
  { withoutBodies = false }: { readonly withoutBodies?: boolean } = {},
): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(connectionOn(socket, withoutBodies));
    });
  });
}

function connectionOn(socket: Socket, withoutBodies: boolean): Connection {
  let received = Buffer.alloc(0);
  let open = true;
  const waiting: ((answer: Answer | null) => void)[] = [];
  const serve = () => {
    while (waiting.length > 0) {
      const read = readAnswer(received, withoutBodies);
      if (read === null) break;
      received = received.subarray(read.end);
      if (read.answer.status >= 200) waiting.shift()?.(read.answer);
    }
    if (!open) for (const give of waiting.splice(0)) give(null);
  };
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => {
      open = false;
      serve();
      resolve();
    });
  });
  socket.on('data', (piece) => {
    received = received.length === 0 ? piece : Buffer.concat([received, piece]);
    serve();
  });
  // A reset is one way of being closed, and `close` follows.
  socket.on('error', () => {});
  return {
    send: (bytes) => {
      if (open) socket.write(bytes);
    },
    answer: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        serve();
      }),
    isOpen: () => open,
    closed: () => gone,
    destroy() {
      open = false;
      socket.destroy();
    },
  };
}

interface Read {
  readonly answer: Answer;
  /** Where it ends. */
  readonly end: number;
}

/** The first answer in the bytes; null where it is not all there. Throws where they are no HTTP. */
export function readAnswer(bytes: Buffer, withoutBody: boolean): Read | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
  if (!status) throw new Error(`no answer in HTTP: ${first.slice(0, 100)}`);
  const headers = new Map(lines.map(headerOf));
  const hasBody = !withoutBody && status >= 200 && status !== 204 && status !== 304;
  const body = hasBody ? bodyAt(bytes, headEnd + 4, headers) : { text: '', end: headEnd + 4 };
  return body === null ? null : { answer: { status, headers, body: body.text }, end: body.end };
}

function bodyAt(bytes: Buffer, start: number, headers: ReadonlyMap<string, string>) {
  if (headers.get('transfer-encoding') === 'chunked') return chunksAt(bytes, start);
  const end = start + Number(headers.get('content-length') ?? 0);
  return bytes.length < end ? null : { text: bytes.toString('utf8', start, end), end };
}

function chunksAt(bytes: Buffer, start: number): { text: string; end: number } | null {
  let text = '';
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (bytes.length < end) return null;
    if (size === 0) return { text, end };
    text += bytes.toString('utf8', lineEnd + 2, end - 2);
    at = end;
  }
}

function headerOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
