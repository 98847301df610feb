import { canonicalJson, maxDepth } from './canonical-json';
import { channelFieldsOf } from './channel-fields';
import { type ChannelTenant, channelVerdict } from './channel-group';
import { type Commerce, commerceOf } from './commerce';
import { contentHash } from './content-hash';
import type { Event, EventChannel } from './event';
import { maxIdBytes } from './identity';
import { isObject, kindOf, longerThan, textAt, textOf } from './json';
import {
  type Call,
  calls,
  type Draft,
  draftOf,
  type Envelope,
  type MessageTools,
} from './message-draft';
import type { Refusal } from './refusal';
import { cut } from './text';

export interface MappedMessage {
  readonly event: Event;
  /** Null where the message named no known call. */
  readonly call: Call | null;
}

/** The event a client's message is. Never fails: a message that cannot be one becomes an event with
 *  `invalid`, which carries its keys, its times and, unless they are too large, its properties. */
export function eventOf(message: unknown, envelope: Envelope, tools: MessageTools): MappedMessage {
  if (!isObject(message)) return { event: notAnObject(message, envelope, tools), call: null };
  const draft = draftOf(message, envelope, tools);
  const refusal = refusalOf(draft, envelope);
  if (refusal !== null) return { event: refusedEvent(draft, refusal), call: draft.call };
  const commerce = commerceOf(draft.type, draft.properties, envelope.tenant.currency);
  if (!commerce.ok) return { event: refusedEvent(draft, commerce.refusal), call: draft.call };
  return { event: soundEvent(draft, commerce.commerce, envelope), call: draft.call };
}

const queryKeys = ['query', 'search_term', 'search_query'] as const;
/** A refused event's name is cut to this many characters: it may be all that is wrong with it. */
const maxRefusedName = 256;

/** Written out field by field: one shape for every event, and four times as fast to make and to
 *  encode as with the parts spread into it. */
function soundEvent(draft: Draft, commerce: Commerce, { browser, tenant }: Envelope): Event {
  const { head, context, properties } = draft;
  return {
    tenant: head.tenant,
    messageId: head.messageId,
    messageIdMade: head.messageIdMade,
    type: head.type,
    name: head.name,
    anonymousId: head.anonymousId,
    userId: head.userId,
    deviceId: head.deviceId,
    ip: textOf(context.ip) ?? browser?.ip ?? null,
    userAgent: textOf(context.userAgent) ?? browser?.userAgent ?? null,
    library: head.library,
    sessionId: head.sessionId,
    originalAt: head.originalAt,
    sentAt: head.sentAt,
    receivedAt: head.receivedAt,
    eventAt: head.eventAt,
    clock: head.clock,
    contentHash: head.contentHash,
    category: categoryOf(draft),
    searchQuery: head.type === 'products_searched' ? textAt(properties, ...queryKeys) : null,
    items: commerce.items,
    shop: commerce.shop,
    channel: channelOf(draft, tenant),
    currency: commerce.currency,
    effect: commerce.effect,
    properties: propertiesOf(draft),
    invalid: null,
    redriveOf: null,
  };
}

/** What is wrong with a message, its commerce apart; the first fault, or null. */
function refusalOf(draft: Draft, envelope: Envelope): Refusal | null {
  const { message, call, content, identity, head } = draft;
  if (content.tooDeep)
    return refusal('too_large', `nested deeper than ${maxDepth} levels: send it flatter`);
  if (longerThan(content.text, envelope.maxBytes)) {
    return refusal(
      'too_large',
      `the event has more than ${envelope.maxBytes} bytes: send less of it`,
    );
  }
  if (call === null) return refusal('unknown_call', `type is none of ${calls.join(', ')}`);
  for (const key of ['properties', 'traits', 'context']) {
    const value = message[key];
    if (value !== undefined && value !== null && !isObject(value)) {
      return refusal('not_an_object', `${key} is ${kindOf(value)} instead of an object`);
    }
  }
  if (identity.tooLong.length > 0) {
    const names = identity.tooLong.join(', ');
    return refusal('id_too_long', `${names}: more than ${maxIdBytes} bytes`);
  }
  if (head.anonymousId === null && head.userId === null) {
    return refusal(
      'no_user',
      'neither anonymousId nor userId: send one of them, as a text or a number',
    );
  }
  if (head.name === '')
    return refusal('no_event_name', 'event is no text, or empty: it is the name of what happened');
  return draft.timeFault === null ? null : refusal('invalid_timestamp', draft.timeFault);
}

function refusal(reason: Refusal['reason'], message: string): Refusal {
  return { reason, message };
}

function categoryOf({ message, properties, call, type }: Draft): string | null {
  if (call === 'page' || call === 'screen') {
    return textOf(properties.category) ?? textOf(message.category);
  }
  const hasOne = type === 'page_viewed' || type === 'product_list_viewed';
  return hasOne ? textOf(properties.category) : null;
}

function channelOf({ context, properties, call }: Draft, tenant: ChannelTenant): EventChannel {
  const fields = channelFieldsOf(context, call === 'page' ? properties : {});
  const { group, selfReferral } = channelVerdict(fields, tenant);
  return {
    source: fields.source,
    medium: fields.medium,
    campaign: fields.campaign,
    term: fields.term,
    content: fields.content,
    clickId: fields.clickId,
    referrer: fields.referrer,
    url: fields.url,
    group,
    selfReferral,
  };
}

/** What `properties` keeps of each call, one JSON object. */
function propertiesOf({ message, call, content }: Draft): string {
  if (call === 'alias') return canonicalJson({ previousId: message.previousId ?? null }).text;
  if (call !== 'group') return content.properties;
  const group = canonicalJson(message.groupId ?? null).text;
  return `{"groupId":${group},"traits":${content.properties}}`;
}

function refusedEvent(draft: Draft, invalid: Refusal): Event {
  const tooLarge = invalid.reason === 'too_large';
  return {
    ...draft.head,
    ...emptyParts,
    name: cut(draft.head.name, maxRefusedName),
    library: draft.head.library === null ? null : cut(draft.head.library, maxRefusedName),
    properties: tooLarge ? '{}' : propertiesOf(draft),
    invalid,
  };
}

function notAnObject(message: unknown, envelope: Envelope, tools: MessageTools): Event {
  const { receivedAt, tenant, maxBytes } = envelope;
  const { text } = canonicalJson(message, maxBytes);
  return {
    ...emptyParts,
    tenant: tenant.name,
    messageId: tools.randomId(),
    messageIdMade: true,
    type: 'custom',
    name: '',
    anonymousId: null,
    userId: null,
    deviceId: null,
    sessionId: null,
    library: null,
    originalAt: null,
    sentAt: null,
    receivedAt,
    eventAt: receivedAt,
    clock: 'absent',
    contentHash: contentHash(text, tools.sha256Hex),
    properties: '{}',
    invalid: refusal('not_an_object', `the message is ${kindOf(message)}: ${cut(text, 100)}`),
  };
}

const emptyParts = {
  ip: null,
  userAgent: null,
  category: null,
  searchQuery: null,
  items: [],
  shop: null,
  channel: {
    source: null,
    medium: null,
    campaign: null,
    term: null,
    content: null,
    clickId: null,
    referrer: null,
    url: null,
    group: null,
    selfReferral: false,
  },
  currency: null,
  effect: null,
  redriveOf: null,
} as const satisfies Partial<Event>;
