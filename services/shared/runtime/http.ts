import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { createBrokenRequests } from './broken-request';
import { endConnections } from './end-connections';
import { answerChecks, type Health } from './health';
import type { Log } from './log';
import type { Metrics } from './metrics';

export interface HttpOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly health: Health;
  /** The document of /openapi.json. */
  readonly openapi: () => object;
  /** Largest request body; 1 MiB by default. */
  readonly bodyLimit?: number;
}

/** The body of every answer that is not a success. `field` names what was wrong in the request. */
export interface ErrorBody {
  readonly error: string;
  readonly message: string;
  readonly field: string | null;
}

/** A fault of the caller, or a refusal: answered with its status as an ErrorBody. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    message: string,
    readonly field: string | null = null,
  ) {
    super(message);
    this.name = 'HttpError';
  }
}

/** A server with /livez, /readyz, /metrics and /openapi.json, and one form of error. It does not
 *  listen yet: `runService` does that. */
export function createHttp(options: HttpOptions): FastifyInstance {
  const { health, metrics } = options;
  const broken = createBrokenRequests();
  const server = fastify({
    logger: false,
    bodyLimit: options.bodyLimit ?? 2 ** 20,
    // Idle keep-alive connections would hold up a stop for as long as clients keep them.
    forceCloseConnections: 'idle',
    clientErrorHandler: broken.answer,
    frameworkErrors: (error, _request, reply) => answerBadAddress(error, reply as FastifyReply),
    // A slow request is found within a second of its time, rather than within thirty.
    // Node would refuse a request without a host by itself, without a word.
    http: { connectionsCheckingInterval: 1000, requireHostHeader: false },
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
  });
  server.get('/livez', async (_request, reply) => {
    const answer = await answerChecks(health.live);
    return reply.status(answer.ok ? 200 : 503).send(answer);
  });
  server.get('/readyz', async (_request, reply) => {
    const answer = await answerChecks(health.ready);
    return reply.status(answer.ok ? 200 : 503).send(answer);
  });
  server.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
  server.get('/openapi.json', async () => options.openapi());
  broken.watch(server.server);
  endConnections(server);
  answerErrors(server, options.log);
  measureRequests(server, metrics);
  return server;
}

function answerErrors(server: FastifyInstance, log: Log): void {
  const notFound = (request: FastifyRequest, reply: FastifyReply) => {
    const message = `there is no ${request.method} ${request.url.split('?')[0]}`;
    return reply.status(404).send(errorBody('not_found', message, null));
  };
  server.setNotFoundHandler(notFound);
  // Before its body is read: nobody would look at it, or bound what all of them take.
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404) return notFound(request, reply);
    if (request.headers.host !== undefined || request.raw.httpVersion === '1.0') return;
    return reply
      .status(400)
      .send(errorBody('malformed_request', 'there is no Host header', 'host'));
  });
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof HttpError) {
      return reply.status(error.status).send(errorBody(error.error, error.message, error.field));
    }
    const status = error.statusCode ?? 500;
    if (status < 500) {
      return reply.status(status).send(errorBody(codeOf(error), error.message, fieldOf(error)));
    }
    if (error.name === 'TransientError') {
      log.warn({ route: request.routeOptions.url, why: error.message }, 'a request was put off');
      return reply.status(503).send(errorBody('unavailable', error.message, null));
    }
    log.error({ err: error, route: request.routeOptions.url }, 'a request failed');
    return reply.status(500).send(errorBody('internal', 'the request failed; see the log', null));
  });
}

/** An address that cannot be decoded, or has too long a parameter. */
function answerBadAddress(error: FastifyError, reply: FastifyReply): void {
  reply.status(400).send(errorBody(codeOf(error), error.message, null));
}

function codeOf({ code }: { readonly code?: string }): string {
  return (code ?? 'bad_request').replace(/^FST_(ERR_)?/, '').toLowerCase();
}

function errorBody(error: string, message: string, field: string | null): ErrorBody {
  return { error, message, field };
}

/** The first field a schema validation found fault with: `/from` in the query is `from`. */
function fieldOf(error: FastifyError): string | null {
  const [first] = error.validation ?? [];
  if (first === undefined) return null;
  const missing = first.params.missingProperty;
  const path = first.instancePath.split('/').filter((part) => part !== '');
  if (typeof missing === 'string') path.push(missing);
  return path.length === 0 ? null : path.join('.');
}

function measureRequests(server: FastifyInstance, metrics: Metrics): void {
  server.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: request.method,
      // As declared: the path itself holds user ids, and series never expire.
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    };
    metrics.observe('tributary_http_request_seconds', labels, reply.elapsedTime / 1000);
  });
}
