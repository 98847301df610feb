import type { FastifyInstance } from 'fastify';
import type { Health } from './health';
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

/** A fault of the caller: answered with its status as `{error, message, field}`. */
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
  throw new Error(`being written ${String(options.bodyLimit)}`);
}
