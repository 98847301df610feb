import {
  type Canonical,
  canonicalJson,
  createCanonicalWriter,
  quoted,
  sortedKeys,
} from './canonical-json';
import type { Event } from './event';
import { isObject, type JsonObject } from './json';

/** SHA-256 of a text's UTF-8 bytes in lower-case hexadecimal; given as an argument, since this layer
 *  stands on nothing. */
export type Sha256Hex = (text: string) => string;

/** What a client said, apart from how it was brought here. */
export interface MessageContent {
  /** Canonical JSON of all that a retry leaves as it was. */
  readonly text: string;
  /** Canonical JSON of the properties (identify and group: traits); `{}` where none were sent. */
  readonly properties: string;
  readonly tooDeep: boolean;
}

/** A content hash: its version, now `a`, and the first 124 bits of SHA-256; 32 characters. A message
 *  id that comes again with another hash is another event. */
export function contentHash(content: string, sha256Hex: Sha256Hex): string {
  return `a${sha256Hex(content).slice(0, 31)}`;
}

/** The canonical content of a Segment message. Left out is what changes from one attempt to the next
 *  (sentAt), what servers add (receivedAt, context.ip, and `timestamp` beside `originalTimestamp`,
 *  from which it is then derived) and what is only for the transport. `call` stands for `type`,
 *  which the path may say instead. Longer than `maxLength` where there is more, but not whole then. */
export function messageContent(
  message: JsonObject,
  call: string | null,
  maxLength?: number,
): MessageContent {
  const writer = createCanonicalWriter(maxLength);
  const bag = call === 'identify' || call === 'group' ? 'traits' : 'properties';
  const derived = message.originalTimestamp === undefined ? '' : 'timestamp';
  let properties = '{}';
  let text = `${call ?? ''}{`;
  for (const key of sortedKeys(message)) {
    if (transportKeys.has(key) || key === derived) continue;
    const value = message[key];
    const written = isObject(value)
      ? writer.writeObject(value, key === 'context' ? isAddress : keepAll)
      : writer.write(value);
    if (key === bag && isObject(value)) properties = written;
    text += `${quoted(key)}:${written},`;
  }
  return { text: `${text}}`, properties, tooDeep: writer.tooDeep() };
}

/** The canonical content of an event that another producer wrote: what it said, without what the
 *  pipeline derives. */
export function eventContent(event: Event): Canonical {
  const { receivedAt, sentAt, ip, eventAt, clock, contentHash, redriveOf, ...said } = event;
  const { group, selfReferral, ...channel } = event.channel;
  return canonicalJson({ ...said, channel });
}

const transportKeys: ReadonlySet<string> = new Set([
  'type',
  'sentAt',
  'receivedAt',
  'integrations',
  '_metadata',
  'writeKey',
]);
const isAddress = (key: string): boolean => key === 'ip';
const keepAll = (): boolean => false;
