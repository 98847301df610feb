import { AsyncLocalStorage } from 'node:async_hooks';
import type { NetConnectOpts, Socket } from 'node:net';

import net = require('node:net');

/** The connections to Kafka of what was started within it, which can be cut while those of everything
 *  else in the process go on. kafkajs always connects to the address that the broker gives, so a
 *  gate in front of the broker would be passed by. */
export interface KafkaLink {
  /** What `work` starts, now or later, connects over this link. */
  within<T>(work: () => T): T;
  /** Breaks every connection, and refuses new ones until `mend`. */
  cut(): void;
  mend(): void;
  /** How often a connection was refused. */
  refused(): number;
  close(): void;
}

interface Link {
  isCut: boolean;
  refused: number;
  readonly sockets: Set<Socket>;
}

type Connect = (options: NetConnectOpts, then?: () => void) => Socket;

const links = new AsyncLocalStorage<Link>();
const connect = net.connect as Connect;
let open = 0;
/** A port that nobody listens on. */
const nowhere = 1;

export function openKafkaLink(): KafkaLink {
  const link: Link = { isCut: false, refused: 0, sockets: new Set() };
  open += 1;
  net.connect = connectOverLink as typeof net.connect;
  return {
    within: (work) => links.run(link, work),
    cut() {
      link.isCut = true;
      // As a reset from the other side: of a plain end here kafkajs would not be told.
      const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      for (const socket of link.sockets) socket.destroy(reset);
    },
    mend() {
      link.isCut = false;
    },
    refused: () => link.refused,
    close() {
      open -= 1;
      if (open === 0) net.connect = connect as typeof net.connect;
    },
  };
}

function connectOverLink(options: NetConnectOpts, then?: () => void): Socket {
  const link = links.getStore();
  if (link === undefined) return connect(options, then);
  if (link.isCut) link.refused += 1;
  const socket = connect(link.isCut ? { ...options, port: nowhere } : options, then);
  link.sockets.add(socket);
  socket.once('close', () => link.sockets.delete(socket));
  return socket;
}
