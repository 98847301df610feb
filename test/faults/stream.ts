import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPost } from '../../deploy/replay/post';
import { type Random, seededRandom } from '../../deploy/replay/random';
import { eventOf } from '../../services/shared/domain/message';
import type { Tenant } from '../../services/shared/domain/tenant';
import { sha256Hex } from '../../services/shared/runtime/hash';
import { withLongAgo } from '../support/generated/long-ago';
import { aRecordedFile } from '../support/generated/recorded-file';
import { writeKeyOf } from './installation';

/** One request to the collector. */
export interface StreamRequest {
  readonly path: '/v1/batch' | '/v1/import';
  readonly body: Buffer;
  readonly messageIds: readonly string[];
}

export interface StreamOptions {
  readonly tenant: Tenant;
  readonly people: number;
  readonly seed: number;
  /** Names of further events, one each. */
  readonly extra?: readonly string[];
  /** So many orders of one user, each larger than those before it; none by default. */
  readonly orders?: number;
  /** Before every message id that a message has, so that streams of one tenant share none. */
  readonly idPrefix?: string;
  /** In one request; a dozen by default. */
  readonly mostMessages?: number;
  /** Whether the same people were there five years before, too. */
  readonly longAgo?: boolean;
}

/**
 * What SDKs of a shop send in two days: visits with carts and orders, messages sent twice and late,
 * bots, ids used twice, items that are refused; a third by the import lane, and every fifth request
 * once more as it was. The same seed gives the same requests.
 */
export function aStream({
  tenant,
  people,
  seed,
  extra = [],
  orders = 0,
  mostMessages = 12,
  idPrefix = '',
  longAgo = false,
}: StreamOptions): readonly StreamRequest[] {
  const random = seededRandom(seed);
  const recorded = aRecordedFile({ people, days: 2, seed }).lines;
  const lines = (longAgo ? withLongAgo(recorded, people, seed) : recorded)
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line, nth) => withIdentity(JSON.parse(line), nth))
    .map((message) =>
      typeof message.messageId === 'string' && message.messageId !== ''
        ? { ...message, messageId: `${idPrefix}${message.messageId}` }
        : message,
    );
  const own = extra.map((event, nth) => ({
    type: 'track',
    messageId: `extra-${nth}`,
    anonymousId: 'anon-1',
    event,
    timestamp: '2026-02-01T10:00:00.000Z',
  }));
  const growing = Array.from({ length: orders }, (_, nth) => ({
    type: 'track',
    messageId: `growing-${nth}`,
    anonymousId: 'anon-1',
    event: 'Order Completed',
    properties: { order_id: `growing-${nth}`, revenue: 100 * 2 ** nth, currency: 'USD' },
    timestamp: `2026-02-01T10:0${nth}:00.000Z`,
  }));
  const messages: object[] = [...lines.slice(0, 20), ...own, ...lines.slice(20)];
  // Apart from each other: what one batch counts is remembered for the next.
  growing.forEach((order, nth) => void messages.splice(nth * 16, 0, order));
  const requests: StreamRequest[] = [];
  for (let from = 0; from < messages.length; ) {
    const to = from + 4 + Math.floor(random() * (mostMessages - 4));
    const request = aRequest(messages.slice(from, to), tenant, random);
    requests.push(request);
    if (random() < 0.2) requests.push(request);
    from = to;
  }
  return requests;
}

/** Without a time of sending, which would move the event by when it is sent; and with an id where
 *  there would be a random one, because its time cannot be read. */
function withIdentity(
  { sentAt: _sentAt, ...message }: Readonly<Record<string, unknown>>,
  nth: number,
): Readonly<Record<string, unknown>> {
  const isTimed =
    typeof message.timestamp === 'string' && !Number.isNaN(Date.parse(message.timestamp));
  return isTimed ? message : { ...message, messageId: `untimed-${nth}` };
}

/** The id a message has, or is given for its content. */
function messageIdOf(message: object, tenant: Tenant): string {
  const envelope = { call: null, sentAt: null, imported: false, browser: null, maxBytes: 32_768 };
  const tools = { sha256Hex, randomId: randomUUID };
  return eventOf(message, { ...envelope, tenant, receivedAt: Date.now() }, tools).event.messageId;
}

function aRequest(messages: readonly object[], tenant: Tenant, random: Random): StreamRequest {
  const path = random() < 1 / 3 ? '/v1/import' : '/v1/batch';
  const messageIds = messages.map((one) => messageIdOf(one, tenant));
  return { path, body: Buffer.from(JSON.stringify({ batch: messages })), messageIds };
}

export interface SendOptions {
  readonly tenant: string;
  readonly collectorUrl: () => Promise<string>;
  /** Between two requests. */
  readonly pauseMs: number;
  /** Milliseconds UTC from which no further request is begun; never by default. */
  readonly until?: number;
}

/** How long a request waits for its answer: the collector may stand still. */
const timeoutMs = 4000;
const giveUpAfterMs = 90_000;

/** Sends one request after the other, each until it is accepted, as SDKs do. Answers with the message
 *  ids of those that were. */
export async function send(
  requests: readonly StreamRequest[],
  { tenant, collectorUrl, pauseMs, until = Number.POSITIVE_INFINITY }: SendOptions,
): Promise<ReadonlySet<string>> {
  const writeKey = writeKeyOf(tenant);
  const sent = new Set<string>();
  for (const { path, body, messageIds } of requests) {
    if (Date.now() >= until) break;
    const deadline = Date.now() + giveUpAfterMs;
    for (;;) {
      const url = `${await collectorUrl()}${path}`;
      const { status, text } = await createPost({ url, writeKey, timeoutMs, maxSockets: 1 })(body);
      if (status === 200) break;
      if (status >= 400 && status < 500 && status !== 429) throw new Error(`${status}: ${text}`);
      if (Date.now() > deadline) throw new Error(`the collector takes nothing: ${status} ${text}`);
      await sleep(200);
    }
    for (const id of messageIds) sent.add(id);
    await sleep(pauseMs);
  }
  return sent;
}
