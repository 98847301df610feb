import { createServer, connect as dial, type Server, type Socket } from 'node:net';

/** What happens to connections, those that are open and those to come. */
export type LinkFault =
  /** Nobody listens; what is open is reset. */
  | { readonly kind: 'refuse' }
  /** Connections are taken, and nothing goes through either way. */
  | { readonly kind: 'hang' }
  /** Only this way: what is asked is done, and the answer is never seen; or the other way round. */
  | { readonly kind: 'swallow'; readonly what: 'requests' | 'answers' }
  /** Each connection is reset when so many bytes of answers have gone through. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Every request is answered with these bytes; the server is never asked. */
  | { readonly kind: 'answer'; readonly bytes: string };

/** A TCP proxy before a server that a test can break. */
export interface FaultProxy {
  readonly port: number;
  /** The address of the server with the proxy's host and port in their place. */
  readonly url: string;
  break(fault: LinkFault): Promise<void>;
  mend(): Promise<void>;
  /** Requests over HTTP that clients have begun; of other protocols, pieces of data they have sent. */
  requests(): number;
  close(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  answered: number;
}

export async function aFaultProxy(of: string): Promise<FaultProxy> {
  const target = new URL(of);
  const links = new Set<Link>();
  let fault: LinkFault | null = null;
  let requests = 0;

  const listener: Server = createServer((client) => {
    const server = dial(Number(target.port), target.hostname);
    const link: Link = { client, server, answered: 0 };
    links.add(link);
    const end = () => {
      links.delete(link);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    client.on('data', (piece) => {
      if (target.protocol !== 'http:' || beginsRequest(piece)) requests += 1;
      if (fault?.kind === 'answer') client.end(fault.bytes);
      else pass(piece, server, 'requests');
    });
    server.on('data', (piece) => {
      link.answered += piece.length;
      if (fault?.kind === 'reset' && link.answered > fault.afterBytes) client.resetAndDestroy();
      else pass(piece, client, 'answers');
    });
  });

  function pass(piece: Buffer, to: Socket, what: 'requests' | 'answers'): void {
    if (fault?.kind === 'hang' || (fault?.kind === 'swallow' && fault.what === what)) return;
    if (fault?.kind === 'delay') setTimeout(() => to.writable && to.write(piece), fault.ms);
    else to.write(piece);
  }

  /** Also ends those whose bytes were swallowed: what is left of them would make no sense. */
  function resetAll(): void {
    for (const { client } of links) client.resetAndDestroy();
  }

  await listen(listener, 0);
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = new URL(of);
  url.host = `127.0.0.1:${port}`;
  return {
    ...{ port, url: url.toString().replace(/\/$/, '') },
    async break(next) {
      fault = next;
      if (next.kind !== 'refuse') return;
      const closed = unlisten(listener);
      resetAll();
      await closed;
    },
    async mend() {
      fault = null;
      resetAll();
      if (!listener.listening) await listen(listener, port);
    },
    requests: () => requests,
    async close() {
      resetAll();
      if (listener.listening) await unlisten(listener);
    },
  };
}

function beginsRequest(piece: Buffer): boolean {
  return /^(GET|HEAD|POST|PUT|PATCH|DELETE) /.test(piece.toString('latin1', 0, 8));
}

function listen(listener: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', () => {
      listener.off('error', reject);
      resolve();
    });
  });
}

function unlisten(listener: Server): Promise<void> {
  return new Promise((resolve) => listener.close(() => resolve()));
}

/** An answer over HTTP, for a link that answers by itself. */
export function httpAnswer(status: string, body: string, headers: readonly string[] = []): string {
  const length = `content-length: ${Buffer.byteLength(body)}`;
  return [`HTTP/1.1 ${status}`, ...headers, length, 'connection: close', '', body].join('\r\n');
}
