import { finished } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Call } from '../shared/domain/message-draft';
import { FatalError, TransientError } from '../shared/runtime/errors';
import type { Metrics } from '../shared/runtime/metrics';
import type { Lane } from '../shared/runtime/topics';
import { readBody } from './body';
import { type Entry, readCall } from './call';
import type { Admission, InFlight } from './in-flight';
import type { RequestFault } from './request-fault';
import { sdkSettings } from './sdk-settings';
import type { CollectorStage } from './stage';
import type { TenantOfKey } from './write-keys';

export interface CollectorRoutes {
  readonly stage: CollectorStage;
  readonly tenantOf: TenantOfKey;
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  /** Told of each request that was not acknowledged. */
  readonly onOutage: (failure: Error) => void;
  readonly maxRequestBytes: number;
  readonly maxEvents: number;
  readonly trustProxy: boolean;
}

interface Path {
  readonly call: Call | null;
  readonly lane: Lane;
}

type Admissions = WeakMap<FastifyRequest, Admission>;

const live = (call: Call | null): Path => ({ call, lane: 'live' });

/** The Segment tracking API, long and short. */
export const trackingPaths: Readonly<Record<string, Path>> = {
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

/** Puts the tracking API on a server. 200 `{"success":true}` says that every record is on all
 *  replicas; 400 that the request will never do; 429 that it came at a bad time; 503 that Kafka did
 *  not take it. SDKs send again after the last two. */
export async function collectorRoutes(
  server: FastifyInstance,
  deps: CollectorRoutes,
): Promise<void> {
  const admissions: Admissions = new WeakMap();
  // Content types are whatever an SDK's HTTP client puts there, so none is looked at.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: deps.maxRequestBytes },
    takeAsIs,
  );
  server.addHook('onRequest', async (request, reply) => {
    reply.header('access-control-allow-origin', '*');
    if (request.method !== 'POST') return;
    request.headers['content-type'] = 'application/octet-stream';
    const declared = Number(request.headers['content-length'] ?? deps.maxRequestBytes);
    const admission = deps.inFlight.admit(Math.min(declared, deps.maxRequestBytes));
    if (admission === null) return overloaded(reply.header('connection', 'close'));
    admissions.set(request, admission);
    // Unlike a hook, this also sees the client that goes away in the middle of its body.
    finished(reply.raw, () => admission.release());
  });
  server.addHook('onResponse', async (request, reply) => {
    if (request.method !== 'POST') return;
    deps.metrics.count('tributary_collector_requests_total', { status: String(reply.statusCode) });
  });
  server.setErrorHandler((error, _request, reply) => {
    const fault = requestFaultOf(error, deps.maxRequestBytes);
    if (fault === null) throw error;
    return refused(reply, fault);
  });
  for (const [path, { call, lane }] of Object.entries(trackingPaths)) {
    server.post(path, (request, reply) =>
      accept(request, reply, { call, lane }, { deps, admissions }),
    );
  }
  server.post('/v1/m', async (_request, reply) => reply.send({ success: true }));
  server.options('/v1/*', async (_request, reply) => reply.headers(preflight).code(204).send());
  server.get('/v1/projects/:key/settings', async (request, reply) =>
    settings(request, reply, deps),
  );
}

const preflight = {
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': 'content-type, content-encoding, authorization, x-retry-count',
  'access-control-max-age': '86400',
};
/** Seconds; long enough for an acknowledgement or two to make room. */
const retryAfter = '1';

function takeAsIs(
  _request: FastifyRequest,
  body: Buffer,
  done: (error: null, body: Buffer) => void,
): void {
  done(null, body);
}

async function accept(
  request: FastifyRequest,
  reply: FastifyReply,
  { call, lane }: Path,
  { deps, admissions }: { deps: CollectorRoutes; admissions: Admissions },
): Promise<FastifyReply> {
  const { authorization, 'content-encoding': encoding } = request.headers;
  const body = await readBody(request.body as Buffer | undefined, encoding, deps.maxRequestBytes);
  if (!body.ok) return refused(reply, body.fault);
  if (admissions.get(request)?.growTo(body.bytes) === false) return overloaded(reply);
  const { tenantOf, maxEvents } = deps;
  const read = readCall(body.value, { batch: call === null, authorization, tenantOf, maxEvents });
  if (!read.ok) return refused(reply, read.fault);
  const browser = lane === 'import' ? null : browserOf(request, deps.trustProxy);
  return answer(reply, deps, {
    entries: read.incoming.entries,
    work: deps.stage(read.incoming, { call, lane, browser }),
  });
}

async function answer(
  reply: FastifyReply,
  { metrics, onOutage }: CollectorRoutes,
  { entries, work }: { entries: readonly Entry[]; work: ReturnType<CollectorStage> },
): Promise<FastifyReply> {
  try {
    const { accepted, refused } = await work;
    metrics.count('tributary_collector_events_total', { result: 'accepted' }, accepted - refused);
    metrics.count('tributary_collector_events_total', { result: 'refused' }, refused);
    return reply.send({ success: true });
  } catch (error) {
    if (!(error instanceof TransientError || error instanceof FatalError)) throw error;
    onOutage(error);
    const result = 'unacknowledged';
    metrics.count('tributary_collector_events_total', { result }, entries.length);
    return failed(reply.code(503), 'not_acknowledged', error.message);
  }
}

/** Address and agent of a person's own browser: browsers say where a script's post comes from,
 *  servers that post for their users do not. */
function browserOf(request: FastifyRequest, trustProxy: boolean) {
  const { origin, 'sec-fetch-mode': fetchMode, 'user-agent': userAgent } = request.headers;
  if (origin === undefined && fetchMode === undefined) return null;
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  const nearest = String(forwarded ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return { ip: nearest || request.ip, userAgent: userAgent ?? null };
}

function settings(request: FastifyRequest, reply: FastifyReply, { tenantOf }: CollectorRoutes) {
  const { key } = request.params as { key: string };
  const known = tenantOf(key) !== undefined;
  if (!known) return failed(reply.code(404), 'unknown_write_key', 'nobody has this write key');
  return reply.send(sdkSettings(key, request));
}

function refused(reply: FastifyReply, { error, message, field }: RequestFault): FastifyReply {
  return reply.code(400).send({ error, message, field });
}

function overloaded(reply: FastifyReply): FastifyReply {
  return failed(reply.code(429), 'overloaded', 'too much is in flight: send it again');
}

function failed(reply: FastifyReply, error: string, message: string): FastifyReply {
  return reply.header('retry-after', retryAfter).send({ error, message, field: null });
}

/** The faults that fastify finds while it reads a request; null for what is not the client's. */
function requestFaultOf(error: unknown, maxRequestBytes: number): RequestFault | null {
  const {
    code,
    statusCode = 500,
    message = '',
  } = error as Error & {
    code?: string;
    statusCode?: number;
  };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const sentence = `the body has more than ${maxRequestBytes} bytes`;
    return { error: 'too_large', message: sentence, field: null };
  }
  const byClient = statusCode >= 400 && statusCode < 500;
  return byClient ? { error: 'malformed_encoding', message, field: null } : null;
}
