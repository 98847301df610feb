import { isObject, type JsonObject, kindOf, textOf } from '../shared/domain/json';
import type { Tenant } from '../shared/domain/tenant';
import { type Refused, refuse } from './request-fault';
import { basicWriteKey, type KeyOwner, type OwnerOfKey } from './write-keys';

/** One message of a request and whose it is. */
export interface Entry {
  readonly message: unknown;
  readonly tenant: Tenant;
  /** Of the write key it came with. */
  readonly keyId: string;
}

export interface Incoming {
  readonly entries: readonly Entry[];
  /** The request's own sentAt; undefined where only a message may have one. */
  readonly sentAt: unknown;
}

/** How many messages came with each write key, by the key's id; a request of none counts as one. */
export type Senders = ReadonlyMap<string, number>;

export type ReadCall =
  | { readonly ok: true; readonly incoming: Incoming; readonly senders: Senders }
  | Refused;

export interface CallOptions {
  /** The body holds messages in `batch`, rather than being one. */
  readonly batch: boolean;
  readonly authorization: string | undefined;
  readonly ownerOf: OwnerOfKey;
  readonly maxEvents: number;
  /** Most bytes that a request's own context may amount to when each message has it. */
  readonly maxContextBytes: number;
}

/** The messages of a parsed body. The write key is the request's (authorization header, then the
 *  body's `writeKey`), or else each message's own; a message without a tenant refuses the request,
 *  since nobody could be told of it otherwise. A batch's own `context` is each message's, below what
 *  the message says itself. */
export function readCall(body: unknown, options: CallOptions): ReadCall {
  if (!isObject(body))
    return refuse('not_an_object', `the body is ${kindOf(body)}: send one JSON object`);
  const messages = options.batch ? body.batch : [body];
  if (!Array.isArray(messages))
    return refuse('no_batch', `batch is ${kindOf(messages)}: send an array of events`, 'batch');
  if (messages.length > options.maxEvents) {
    const message = `${messages.length} events: send at most ${options.maxEvents} in a request`;
    return refuse('too_many_events', message, 'batch');
  }
  if (!options.batch) return owned(body, { messages, sentAt: undefined }, options);
  const context = commonContext(body.context, messages.length, options.maxContextBytes);
  if (context === 'too_large') {
    const message = `context, repeated in each event, has more than ${options.maxContextBytes} bytes`;
    return refuse('too_large', message, 'context');
  }
  const complete = context === null ? messages : messages.map((one) => withContext(one, context));
  return owned(body, { messages: complete, sentAt: body.sentAt }, options);
}

interface Sent {
  readonly messages: readonly unknown[];
  readonly sentAt: unknown;
}

function owned(body: JsonObject, sent: Sent, options: CallOptions): ReadCall {
  const shared = basicWriteKey(options.authorization) ?? textOf(body.writeKey);
  if (shared === null) return ownedByItems(sent, options);
  const owner = options.ownerOf(shared);
  if (owner === undefined) return refuse('unknown_write_key', unknownKey);
  const { messages, sentAt } = sent;
  return {
    ok: true,
    incoming: { entries: messages.map((message) => ({ message, ...owner })), sentAt },
    senders: new Map([[owner.keyId, Math.max(1, messages.length)]]),
  };
}

function ownedByItems({ messages, sentAt }: Sent, { batch, ownerOf }: CallOptions): ReadCall {
  const entries: Entry[] = [];
  const senders = new Map<string, number>();
  const owners = new Map<string, KeyOwner | undefined>();
  for (const [index, message] of messages.entries()) {
    const key = isObject(message) ? textOf(message.writeKey) : null;
    const field = batch ? `batch[${index}].writeKey` : 'writeKey';
    if (key === null) return refuse('no_write_key', noKey, field);
    if (!owners.has(key)) owners.set(key, ownerOf(key));
    const owner = owners.get(key);
    if (owner === undefined) return refuse('unknown_write_key', unknownKey, field);
    entries.push({ message, ...owner });
    senders.set(owner.keyId, (senders.get(owner.keyId) ?? 0) + 1);
  }
  if (entries.length === 0) return refuse('no_write_key', noKey, 'writeKey');
  return { ok: true, incoming: { entries, sentAt }, senders };
}

/** The context of a whole batch, as older SDKs send it; null where there is none. A large one for many
 *  messages would be written out, hashed and kept once for each. */
function commonContext(
  context: unknown,
  messages: number,
  maxBytes: number,
): JsonObject | 'too_large' | null {
  if (!isObject(context) || Object.keys(context).length === 0) return null;
  return JSON.stringify(context).length * messages > maxBytes ? 'too_large' : context;
}

const noKey = 'there is no write key: send it as the user name of Basic authorization';
const unknownKey = 'nobody has this write key, or not any more';

/** What a message says itself goes first, key by key; a context that is no object is left as it is,
 *  to be refused. */
function withContext(message: unknown, common: JsonObject): unknown {
  if (!isObject(message)) return message;
  const { context } = message;
  if (context === undefined || context === null) return { ...message, context: common };
  return isObject(context) ? { ...message, context: { ...common, ...context } } : message;
}
