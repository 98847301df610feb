import { finished, type Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Call } from '../shared/domain/message-draft';
import {
  type AcceptDeps,
  accept,
  full,
  hasKnownKey,
  refuseRequest,
  slowDown,
  type TrackingPath,
} from './accept';
import { clientAddress } from './client-address';
import { corsHeaders, preflight } from './cors';
import type { Admission } from './in-flight';
import { receiveBody } from './receive';
import { type RequestFault, refuse } from './request-fault';
import { sdkSettings } from './sdk-settings';

const live = (call: Call | null): TrackingPath => ({ call, lane: 'live' });

/** The Segment tracking API, long and short. */
export const trackingPaths: Readonly<Record<string, TrackingPath>> = {
  '/v1/track': live('track'),
  '/v1/t': live('track'),
  '/v1/page': live('page'),
  '/v1/p': live('page'),
  '/v1/screen': live('screen'),
  '/v1/s': live('screen'),
  '/v1/identify': live('identify'),
  '/v1/i': live('identify'),
  '/v1/alias': live('alias'),
  '/v1/a': live('alias'),
  '/v1/group': live('group'),
  '/v1/g': live('group'),
  '/v1/batch': live(null),
  '/v1/b': live(null),
  '/v1/import': { call: null, lane: 'import' },
};

type Admissions = WeakMap<FastifyRequest, Admission>;

/** Puts the tracking API on a server. 200 `{"success":true}` says that every record is on all
 *  replicas; 400 that the request will never do; 429 that it came at a bad time; 503 that Kafka did
 *  not acknowledge all of it. SDKs send again after the last two. */
export async function collectorRoutes(server: FastifyInstance, deps: AcceptDeps): Promise<void> {
  const admissions: Admissions = new WeakMap();
  server.addHook('onRequest', async (request, reply) => admit(request, reply, deps, admissions));
  server.addHook('onResponse', async (request, reply) => {
    if (request.method !== 'POST') return;
    deps.metrics.count('tributary_collector_requests_total', { status: String(reply.statusCode) });
  });
  // Content types are whatever an SDK's HTTP client puts there, so none is looked at.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    const { growTo } = admissionOf(request, admissions);
    return receiveBody(payload, { maxBytes: deps.maxRequestBytes, growTo });
  });
  server.setErrorHandler((error, request, reply) => {
    const fault = requestFaultOf(error);
    if (fault === null) throw error;
    return refuseRequest(request, reply, { fault, ...deps });
  });
  for (const [path, { call, lane }] of Object.entries(trackingPaths)) {
    server.post(path, (request, reply) => {
      const admission = admissionOf(request, admissions);
      return accept(request, reply, { call, lane }, { admission, ...deps });
    });
  }
  server.post('/v1/m', async (_request, reply) => reply.send({ success: true }));
  server.options('/v1/*', async (request, reply) => preflight(request, reply));
  server.get('/v1/projects/:key/settings', async (request, reply) =>
    settings(request, reply, deps),
  );
}

/** Before anything of a request is read: whether its sender may send now, and whether there is room. */
function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: AcceptDeps,
  admissions: Admissions,
): FastifyReply | undefined {
  reply.headers(corsHeaders);
  const address = clientAddress(request, deps.trustProxy);
  const limited = deps.limits.request(address, () => hasKnownKey(request, deps.ownerOf));
  if (limited !== null) return slowDown(reply, limited, deps);
  // Here rather than in its route: a body that comes with it is nobody's to read.
  if (request.method === 'OPTIONS') return preflight(request, reply);
  if (request.method !== 'POST') return;
  request.headers['content-type'] = 'application/octet-stream';
  const admission = deps.inFlight.admit();
  if (admission === null) return full(reply, deps);
  admissions.set(request, admission);
  // Unlike a hook, this also sees the client that goes away in the middle of its body.
  finished(reply.raw, () => admission.release());
  return;
}

function admissionOf(request: FastifyRequest, admissions: Admissions): Admission {
  const admission = admissions.get(request);
  if (admission === undefined) throw new Error('a request was let in without being admitted');
  return admission;
}

function settings(request: FastifyRequest, reply: FastifyReply, deps: AcceptDeps): FastifyReply {
  const { key } = request.params as { key: string };
  if (deps.ownerOf(key) !== undefined) return reply.send(sdkSettings(key, request));
  deps.limits.refused(clientAddress(request, deps.trustProxy));
  const { fault } = refuse('unknown_write_key', 'nobody has this write key');
  return reply.code(404).send(fault);
}

/** The faults that Node and fastify find while a request is read; null for what is not the client's. */
function requestFaultOf(error: unknown): RequestFault | null {
  const { statusCode = 500, message = '' } = error as Error & { statusCode?: number };
  const byClient = statusCode >= 400 && statusCode < 500;
  return byClient ? refuse('malformed_encoding', message).fault : null;
}
