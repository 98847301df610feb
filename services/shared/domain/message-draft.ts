import type { ChannelTenant } from './channel-group';
import { contentHash, type MessageContent, messageContent, type Sha256Hex } from './content-hash';
import type { Event, EventType } from './event';
import { typeOfName } from './event-names';
import { eventTime } from './event-time';
import { type Identity, identityOf } from './identity';
import { parseInstant } from './instant';
import { type JsonObject, objectAt, textOf } from './json';
import type { Tenant } from './tenant';

/** The calls of the Segment tracking API. */
export const calls = ['track', 'page', 'screen', 'identify', 'alias', 'group'] as const;
export type Call = (typeof calls)[number];

/** What is known of a message from its request. */
export interface Envelope {
  readonly tenant: ChannelTenant & Pick<Tenant, 'name' | 'currency'>;
  /** The call the path names; null where each message names its own. */
  readonly call: Call | null;
  /** Milliseconds UTC. */
  readonly receivedAt: number;
  /** The request's sentAt, which goes before a message's own. */
  readonly sentAt: unknown;
  /** An archive: when it was sent says nothing about the clock that stamped the event. */
  readonly imported: boolean;
  /** Address and agent of the connection where the person's own browser made it; null otherwise. */
  readonly browser: { readonly ip: string; readonly userAgent: string | null } | null;
  /** Largest canonical content of a message, UTF-8 bytes. */
  readonly maxBytes: number;
}

export interface MessageTools {
  readonly sha256Hex: Sha256Hex;
  /** A random id, for a message that has neither an id nor a time stamp. */
  readonly randomId: () => string;
}

type Head = Pick<
  Event,
  | 'tenant'
  | 'messageId'
  | 'messageIdMade'
  | 'type'
  | 'name'
  | 'anonymousId'
  | 'userId'
  | 'deviceId'
  | 'sessionId'
  | 'library'
  | 'originalAt'
  | 'sentAt'
  | 'receivedAt'
  | 'eventAt'
  | 'clock'
  | 'contentHash'
>;

/** A message as far as it could be read. */
export interface Draft {
  readonly message: JsonObject;
  readonly context: JsonObject;
  readonly properties: JsonObject;
  readonly call: Call | null;
  readonly type: EventType;
  readonly content: MessageContent;
  readonly identity: Identity;
  /** Why the time stamp could not be read. */
  readonly timeFault: string | null;
  /** The part of the event that a refused one has too. */
  readonly head: Head;
}

/** Everything that can be read of any object, sound or not. */
export function draftOf(message: JsonObject, envelope: Envelope, tools: MessageTools): Draft {
  const call = envelope.call ?? callOf(message.type);
  const context = objectAt(message, 'context');
  const content = messageContent(message, call, envelope.maxBytes);
  const identity = identityOf(message, context);
  const name = nameOf(message, call);
  const type = typeOf(call, name);
  const original = parseInstant(message.originalTimestamp ?? message.timestamp);
  const originalAt = original.ok ? original.at : null;
  const sentAt = envelope.imported ? null : sentAtOf(envelope.sentAt ?? message.sentAt);
  const receivedAt = envelope.receivedAt;
  const { eventAt, clock } = eventTime({ originalAt, sentAt, receivedAt });
  const { messageId, anonymousId, userId, deviceId, sessionId } = identity;
  const head: Head = {
    tenant: envelope.tenant.name,
    messageId: messageId ?? madeId(message, content.text, envelope.tenant.name, tools),
    messageIdMade: messageId === null,
    type,
    name: name ?? '',
    anonymousId,
    userId,
    deviceId,
    sessionId,
    library: textOf(objectAt(context, 'library').name) ?? textOf(context.library),
    originalAt,
    sentAt,
    receivedAt,
    eventAt,
    clock,
    contentHash: contentHash(content.text, tools.sha256Hex),
  };
  const properties = objectAt(message, 'properties');
  const timeField =
    (message.originalTimestamp ?? null) === null ? 'timestamp' : 'originalTimestamp';
  const timeFault = original.ok ? null : `${timeField}: ${original.fault}`;
  return { message, context, properties, call, type, content, identity, timeFault, head };
}

function callOf(type: unknown): Call | null {
  return typeof type === 'string' ? (callNames.get(type.toLowerCase()) ?? null) : null;
}

function nameOf(message: JsonObject, call: Call | null): string | null {
  if (call === 'track') return textOf(message.event);
  if (call === 'page' || call === 'screen') return textOf(message.name) ?? call;
  return call ?? textOf(message.type);
}

function typeOf(call: Call | null, name: string | null): EventType {
  if (call === 'page' || call === 'screen') return 'page_viewed';
  return call === 'track' && name !== null ? typeOfName(name) : 'custom';
}

/** A time of sending that cannot be read is none: it is the transport's, not the event's. */
function sentAtOf(value: unknown): number | null {
  const sent = parseInstant(value);
  return sent.ok ? sent.at : null;
}

/** The same message made again gets the same id, as long as its client time tells it from others. */
function madeId(message: JsonObject, content: string, tenant: string, tools: MessageTools): string {
  const stamp = message.originalTimestamp ?? message.timestamp ?? null;
  if (stamp === null) return tools.randomId();
  return tools.sha256Hex(`${tenant}\n${content}`).slice(0, 32);
}

const callNames: ReadonlyMap<string, Call> = new Map(calls.map((call) => [call, call]));
