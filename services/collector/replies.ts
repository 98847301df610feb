import type { FastifyReply } from 'fastify';
import type { RequestFault } from './request-fault';
import type { RefusedItem } from './stage';

/** Of more than these the answer says nothing; all are in the dead-letter topic. */
export const mostNamed = 100;

/** Every item is on all replicas. SDKs look at the status only; what was refused is named for the
 *  person who looks on. */
export function accepted(reply: FastifyReply, refused: readonly RefusedItem[]): FastifyReply {
  if (refused.length === 0) return reply.send({ success: true });
  return reply.send({ success: true, refused: refused.slice(0, mostNamed) });
}

/** 400: the request will never do. */
export function refused(reply: FastifyReply, fault: RequestFault): FastifyReply {
  return reply.code(400).send(fault);
}

/** 429: the same request will do later. */
export function tooMuch(
  reply: FastifyReply,
  { error, message, waitMs }: { error: string; message: string; waitMs: number },
): FastifyReply {
  return later(reply.code(429), waitMs).send({ error, message, field: null });
}

/** 503: Kafka did not acknowledge. */
export function unacknowledged(reply: FastifyReply, message: string): FastifyReply {
  return later(reply.code(503), 1000).send({ error: 'not_acknowledged', message, field: null });
}

function later(reply: FastifyReply, waitMs: number): FastifyReply {
  return reply.header('retry-after', String(Math.max(1, Math.ceil(waitMs / 1000))));
}
