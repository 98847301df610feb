import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between clients and a server, and breaks what goes through it. */
export interface FaultGate {
  /** Where clients connect. */
  readonly url: string;
  /** Connections are refused, as where nobody listens, and those that are open break. */
  offline(): Promise<void>;
  online(): Promise<void>;
  /** So many of the next answers of success do not arrive: the client sees its connection break. */
  loseAnswers(count: number): void;
  /** Answers that are still to be lost. */
  losing(): number;
  close(): Promise<void>;
}

const success = 'HTTP/1.1 200';

/** A gate in front of the server at port `behind`. Give it a port of its own from below the range of
 *  clients: it is given up while the gate is offline, and nobody else may take it then. */
export async function openGate(behind: number, port: number): Promise<FaultGate> {
  const sockets = new Set<Socket>();
  let left = 0;
  const answer = (client: Socket, server: Socket, bytes: Buffer): void => {
    if (left === 0 || !bytes.subarray(0, success.length).equals(Buffer.from(success))) {
      client.write(bytes);
      return;
    }
    left -= 1;
    client.destroy();
    server.destroy();
  };
  const gate = createServer((client) => {
    const server = connect(behind, '127.0.0.1');
    tie(client, server, sockets);
    client.pipe(server);
    server.on('data', (bytes: Buffer) => answer(client, server, bytes));
  });
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      gate.once('error', reject);
      gate.listen(port, '127.0.0.1', () => {
        gate.off('error', reject);
        resolve();
      });
    });
  const shut = () =>
    new Promise<void>((resolve) => {
      gate.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen();
  return {
    url: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
    offline: shut,
    online: listen,
    loseAnswers: (count) => {
      left = count;
    },
    losing: () => left,
    close: () => (gate.listening ? shut() : Promise.resolve()),
  };
}

/** What ends on one side ends on the other. */
function tie(client: Socket, server: Socket, sockets: Set<Socket>): void {
  const sides = [
    [client, server],
    [server, client],
  ] as const;
  for (const [one, other] of sides) {
    sockets.add(one);
    one.on('error', () => {});
    one.on('close', () => {
      sockets.delete(one);
      other.end();
    });
  }
}
