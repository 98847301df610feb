import { isObject, type JsonObject, textOf } from '../shared/domain/json';
import type { Tenant } from '../shared/domain/tenant';
import { type Refused, refuse } from './request-fault';
import { basicWriteKey, type TenantOfKey } from './write-keys';

/** One message of a request and whose it is. */
export interface Entry {
  readonly message: unknown;
  readonly tenant: Tenant;
}

export interface Incoming {
  readonly entries: readonly Entry[];
  /** The request's own sentAt; undefined where only a message may have one. */
  readonly sentAt: unknown;
}

export type ReadCall = { readonly ok: true; readonly incoming: Incoming } | Refused;

export interface CallOptions {
  /** The body holds messages in `batch`, rather than being one. */
  readonly batch: boolean;
  readonly authorization: string | undefined;
  readonly tenantOf: TenantOfKey;
  readonly maxEvents: number;
}

/** The messages of a parsed body. The write key is the request's (authorization header, then the
 *  body's `writeKey`), or else each message's own; a message without a tenant refuses the request,
 *  since nobody could be told of it otherwise. */
export function readCall(body: unknown, options: CallOptions): ReadCall {
  if (!isObject(body)) return refuse('not_an_object', 'the body is no JSON object');
  const messages = options.batch ? body.batch : [body];
  if (!Array.isArray(messages)) return refuse('no_batch', 'batch is no array', 'batch');
  if (messages.length > options.maxEvents) {
    const message = `${messages.length} events; a request has at most ${options.maxEvents}`;
    return refuse('too_many_events', message, 'batch');
  }
  const shared = basicWriteKey(options.authorization) ?? textOf(body.writeKey);
  const sentAt = options.batch ? body.sentAt : undefined;
  if (shared === null) return ownKeys(messages, sentAt, options.tenantOf);
  const tenant = options.tenantOf(shared);
  if (tenant === undefined) return refuse('unknown_write_key', 'nobody has this write key');
  return {
    ok: true,
    incoming: { entries: messages.map((message) => ({ message, tenant })), sentAt },
  };
}

function ownKeys(messages: readonly unknown[], sentAt: unknown, tenantOf: TenantOfKey): ReadCall {
  const entries: Entry[] = [];
  for (const [index, message] of messages.entries()) {
    const key = isObject(message) ? textOf((message as JsonObject).writeKey) : null;
    const field = `batch[${index}].writeKey`;
    if (key === null) return refuse('no_write_key', 'there is no write key', field);
    const tenant = tenantOf(key);
    if (tenant === undefined) return refuse('unknown_write_key', 'nobody has this key', field);
    entries.push({ message, tenant });
  }
  if (entries.length === 0) return refuse('no_write_key', 'there is no write key', 'writeKey');
  return { ok: true, incoming: { entries, sentAt } };
}
