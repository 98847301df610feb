import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Less than a service has for its stop. */
const graceMs = 7000;
const lookEveryMs = 50;

/**
 * Lets a server that closes come to its end, whatever its clients do. Node waits for every connection
 * that is not between two requests at that moment: for one that was opened ahead and never used, as
 * browsers and load balancers do; for one whose request was answered a moment later and is kept alive;
 * for a request whose sender takes its time. The first are ended at once, the second when they are
 * answered, the others after `afterMs`: nothing of theirs was acknowledged, so they send it again.
 */
export function endConnections(server: FastifyInstance, afterMs = graceMs): void {
  const unused = new Set<Socket>();
  let closing: NodeJS.Timeout | undefined;
  server.server.on('connection', (socket) => {
    if (closing !== undefined) return void socket.destroy();
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.server.prependListener('request', ({ socket }) => unused.delete(socket));
  server.addHook('preClose', async () => {
    const patientUntil = performance.now() + afterMs;
    for (const socket of unused) socket.destroy();
    closing = setInterval(() => {
      if (performance.now() < patientUntil) server.server.closeIdleConnections();
      else server.server.closeAllConnections();
    }, lookEveryMs);
  });
  server.addHook('onClose', async () => clearInterval(closing));
}
