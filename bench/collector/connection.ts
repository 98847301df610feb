import { createConnection, type Socket } from 'node:net';

/** Status of an answer; 0 where there was none. */
export type Status = number;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** How long an answer may take. */
  readonly timeoutMs: number;
}

/** One kept-alive HTTP/1.1 connection, one request at a time, and of the protocol only what a bench
 *  needs. Node's own client takes 60 to 80 µs of CPU a request, as much as the collector: the client
 *  would be what is measured. This one takes about 15. */
export class Connection {
  private socket: Socket | null = null;
  private answered: ((status: Status) => void) | null = null;
  private text = '';
  private deadline: NodeJS.Timeout | undefined;

  constructor(private readonly endpoint: Endpoint) {}

  /** Sends a whole request, head and body; resolves with its status, whatever happens. The next one
   *  may be sent then. */
  send(request: Buffer): Promise<Status> {
    const socket = this.socket ?? this.connect();
    return new Promise((resolve) => {
      this.answered = resolve;
      this.deadline = setTimeout(() => socket.destroy(), this.endpoint.timeoutMs);
      socket.write(request);
    });
  }

  close(): void {
    this.socket?.destroy();
  }

  private connect(): Socket {
    const { host, port } = this.endpoint;
    const socket = createConnection({ host, port, noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => this.receive(piece));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      this.socket = null;
      this.settle(0);
    });
    this.socket = socket;
    return socket;
  }

  private receive(piece: string): void {
    this.text += piece;
    const answer = readAnswer(this.text);
    if (answer === null) return;
    if (answer.closes) this.socket?.destroy();
    this.settle(answer.status);
  }

  private settle(status: Status): void {
    clearTimeout(this.deadline);
    this.text = '';
    const { answered } = this;
    this.answered = null;
    answered?.(status);
  }
}

export interface Answer {
  readonly status: Status;
  /** The server takes nothing more on this connection. */
  readonly closes: boolean;
}

/** The answer that a connection has received; null while it is not complete. Throws for one without
 *  a length: the collector sends none such. */
export function readAnswer(text: string): Answer | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end).toLowerCase();
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without content-length: ${head}`);
  if (text.length < end + 4 + Number(length)) return null;
  return { status: Number(head.slice(9, 12)), closes: head.includes('\r\nconnection: close') };
}
