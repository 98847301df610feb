import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import type { Launch } from './process';

/** Redis on 127.0.0.1, its append-only file (synced each second) in `folder`, never evicting. */
export function redisLaunch(options: { folder: string; logFile: string; port: number }): Launch {
  mkdirSync(options.folder, { recursive: true });
  const settings = {
    port: options.port,
    bind: '127.0.0.1',
    dir: options.folder,
    daemonize: 'no',
    loglevel: 'warning',
    // The append-only file alone is the truth; snapshots would fork beside it for nothing.
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    'hash-max-listpack-entries': 512,
    'hash-max-listpack-value': 64,
  };
  return {
    name: 'Redis',
    command: 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    logFile: options.logFile,
    ready: () => answersPing(options.port),
    readyWithinMs: 60_000,
    stopWithinMs: 10_000,
  };
}

/** While Redis reads its file back it answers PING with -LOADING. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const answer = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => answer(reply.toString().startsWith('+PONG')));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}
