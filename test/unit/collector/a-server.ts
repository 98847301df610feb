import { connect, type Socket } from 'node:net';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { createInFlight } from '../../../services/collector/in-flight';
import { collectorOpenapi } from '../../../services/collector/openapi';
import { createRateLimits } from '../../../services/collector/rate-limits';
import { collectorRoutes } from '../../../services/collector/routes';
import type { CollectorStage, Origin } from '../../../services/collector/stage';
import { createTurns } from '../../../services/collector/turns';
import { createWriteKeys } from '../../../services/collector/write-keys';
import { createHttp } from '../../../services/shared/runtime/http';
import { createMetrics } from '../../../services/shared/runtime/metrics';
import { noon } from '../../support/event-builders';
import { aClock } from '../../support/fake-clock';
import { keepingLog } from '../../support/log-lines';
import { aTenant } from './a-tenant';

export const maxRequestBytes = 20_000;
export const auth = { authorization: `Basic ${Buffer.from('demo-key:').toString('base64')}` };
export const track = { event: 'Product Added', userId: 'u', messageId: 'm' };
export const batch = { batch: [{ type: 'track', ...track }], sentAt: '2026-01-15T12:00:00Z' };

interface Collected {
  readonly messages: readonly unknown[];
  readonly sentAt: unknown;
  readonly origin: Origin;
}

const servers: FastifyInstance[] = [];
const clients: Socket[] = [];

/** For `afterEach` of every test file that uses these. */
export async function closeServers(): Promise<void> {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** The tracking API over a stage that takes everything, or answers as it is told. */
export async function aServer(
  part: {
    answer?: CollectorStage;
    maxInFlight?: number;
    trustProxy?: boolean;
    perSecond?: { key?: number; address?: number; refusals?: number };
  } = {},
) {
  const collected: Collected[] = [];
  const failures: string[] = [];
  let held = 0;
  const metrics = createMetrics('collector');
  const { log, lines } = keepingLog();
  const stage: CollectorStage = async (incoming, origin) => {
    const messages = incoming.entries.map(({ message }) => message);
    collected.push({ messages, sentAt: incoming.sentAt, origin });
    if (part.answer) return part.answer(incoming, origin);
    return { accepted: messages.length, refused: [] };
  };
  const health = { live: {}, ready: {} };
  const server = createHttp({ log, metrics, health, openapi: collectorOpenapi });
  servers.push(server);
  await server.register(collectorRoutes, {
    stage,
    ownerOf: createWriteKeys([aTenant()]).ownerOf,
    limits: createRateLimits({
      keyEventsPerSecond: part.perSecond?.key ?? 1000,
      keyRefusedPerSecond: 1000,
      addressRequestsPerSecond: part.perSecond?.address ?? 1000,
      addressRefusalsPerSecond: part.perSecond?.refusals ?? 1000,
      clock: aClock(noon),
    }),
    turns: createTurns(),
    inFlight: createInFlight(part.maxInFlight ?? 1_000_000, (bytes) => {
      held = bytes;
    }),
    metrics,
    onOutage: ({ message }: Error) => void failures.push(message),
    maxRequestBytes,
    maxEvents: 3,
    trustProxy: part.trustProxy ?? false,
  });
  const post = (url: string, payload: InjectOptions['payload'], headers: object = auth) =>
    server.inject({ method: 'POST', url, payload: payload as object, headers: { ...headers } });
  return { server, post, collected, failures, lines, metrics, held: () => held };
}

/** A connection that sends what it is told to, and keeps what it is answered. */
export async function aSlowClient(server: FastifyInstance, head: string) {
  if (!server.server.listening) await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  clients.push(socket);
  let text = '';
  socket.on('data', (piece) => {
    text += piece.toString();
  });
  socket.on('error', () => {});
  socket.write(head);
  return {
    write: (bytes: string | Buffer) => socket.write(bytes),
    read: () => text,
    destroy: () => socket.destroy(),
  };
}
