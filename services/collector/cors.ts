import type { FastifyReply, FastifyRequest } from 'fastify';

/** Pages of any site may send: there are no cookies here, and a write key is no secret. */
const headersOfSdks =
  'authorization, content-type, content-encoding, x-retry-count, anonymousid, user-agent';
const headerNames = /^[\w-]+(\s*,\s*[\w-]+)*$/;

/** Of every answer. Browsers show a script only the headers that are named here, and SDKs wait for as
 *  long as Retry-After says. */
export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after',
};

/** Answers what a browser asks before a post that a plain form could not make. */
export function preflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { 'access-control-request-headers': asked = '' } = request.headers;
  const isList = asked.length <= 1000 && headerNames.test(asked);
  reply.headers({
    'access-control-allow-methods': 'POST, GET, OPTIONS',
    'access-control-allow-headers': isList ? asked : headersOfSdks,
    'access-control-max-age': '86400',
    vary: 'access-control-request-headers',
  });
  // A public page that is tried against a collector on the developer's own machine.
  if (request.headers['access-control-request-private-network'] === 'true') {
    reply.header('access-control-allow-private-network', 'true');
  }
  return reply.code(204).send();
}
