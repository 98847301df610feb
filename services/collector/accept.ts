import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Call } from '../shared/domain/message-draft';
import { FatalError, TransientError } from '../shared/runtime/errors';
import type { Metrics } from '../shared/runtime/metrics';
import type { Lane } from '../shared/runtime/topics';
import { readBody } from './body';
import { type Entry, readCall } from './call';
import { browserOf, clientAddress } from './client-address';
import type { Admission, InFlight } from './in-flight';
import type { Limited, RateLimits } from './rate-limits';
import type { Received } from './receive';
import { accepted, refused, tooMuch, unacknowledged } from './replies';
import { type RequestFault, refuse } from './request-fault';
import type { CollectorStage, Origin, Receipt } from './stage';
import type { Turns } from './turns';
import { basicWriteKey, type OwnerOfKey } from './write-keys';

export interface AcceptDeps {
  readonly stage: CollectorStage;
  readonly ownerOf: OwnerOfKey;
  readonly inFlight: InFlight;
  readonly turns: Turns;
  readonly limits: RateLimits;
  readonly metrics: Metrics;
  /** Told of each request that was not acknowledged. */
  readonly onOutage: (failure: Error) => void;
  readonly maxRequestBytes: number;
  readonly maxEvents: number;
  readonly trustProxy: boolean;
}

/** A tracking call by its path: the call it names (null: each message names its own), and its lane. */
export interface TrackingPath {
  readonly call: Call | null;
  readonly lane: Lane;
}

/** A request's own context may amount to this many times the largest request when it is repeated in
 *  each message: 800 bytes in each of 2,500. */
const contextRepeats = 4;

/** A tracking request from its body to its answer. */
export async function accept(
  request: FastifyRequest,
  reply: FastifyReply,
  { call, lane }: TrackingPath,
  { admission, ...deps }: AcceptDeps & { readonly admission: Admission },
): Promise<FastifyReply> {
  const { authorization } = request.headers;
  const waiting = limitOfHeader(request, deps);
  if (waiting !== null) return slowDown(reply, waiting, deps);
  const body = await bodyOf(request, deps);
  if (body === 'no_room' || (body.ok && !admission.growTo(body.bytes))) return full(reply, deps);
  const read = body.ok
    ? readCall(body.value, {
        batch: call === null,
        authorization,
        ownerOf: deps.ownerOf,
        maxEvents: deps.maxEvents,
        maxContextBytes: contextRepeats * deps.maxRequestBytes,
      })
    : body;
  if (!read.ok) return refuseRequest(request, reply, { fault: read.fault, ...deps });
  const limited = deps.limits.events(read.senders);
  if (limited !== null) return slowDown(reply, limited, deps);
  const browser = lane === 'import' ? null : browserOf(request, deps.trustProxy);
  const { entries } = read.incoming;
  const work = deps.stage(read.incoming, { call, lane, browser } satisfies Origin);
  return answer(reply, { entries, work }, deps);
}

/** Whether the key in the header is over its limit: what is put off must cost less than what is taken,
 *  so that is asked before the body is parsed, too. */
function limitOfHeader(
  { headers }: FastifyRequest,
  { ownerOf, limits }: Pick<AcceptDeps, 'ownerOf' | 'limits'>,
): Limited | null {
  const key = basicWriteKey(headers.authorization);
  const owner = key === null ? undefined : ownerOf(key);
  return owner === undefined ? null : limits.events(new Map([[owner.keyId, 0]]));
}

async function bodyOf(
  request: FastifyRequest,
  { maxRequestBytes: maxBytes, turns }: Pick<AcceptDeps, 'maxRequestBytes' | 'turns'>,
) {
  const received = request.body as Received | undefined;
  if (received === undefined || received.ok) {
    return readBody(received?.body, request.headers['content-encoding'], { maxBytes, turns });
  }
  if (received.why === 'no_room') return received.why;
  if (received.why === 'cut_short') return refuse('cut_short', 'the body ended before its end');
  return refuse('too_large', `the body has more than ${maxBytes} bytes: send fewer events at once`);
}

async function answer(
  reply: FastifyReply,
  {
    entries,
    work,
  }: { readonly entries: readonly Entry[]; readonly work: ReturnType<CollectorStage> },
  { metrics, limits, onOutage }: AcceptDeps,
): Promise<FastifyReply> {
  try {
    const receipt = await work;
    for (const [keyId, refused] of refusedByKey(receipt, entries)) limits.unfit(keyId, refused);
    const sound = receipt.accepted - receipt.refused.length;
    metrics.count('tributary_collector_events_total', { result: 'accepted' }, sound);
    const result = 'refused';
    metrics.count('tributary_collector_events_total', { result }, receipt.refused.length);
    return accepted(reply, receipt.refused);
  } catch (error) {
    if (!(error instanceof TransientError || error instanceof FatalError)) throw error;
    onOutage(error);
    metrics.count('tributary_collector_events_total', { result: 'unacknowledged' }, entries.length);
    return unacknowledged(reply, error.message);
  }
}

function refusedByKey(
  { refused: items }: Receipt,
  entries: readonly Entry[],
): ReadonlyMap<string, number> {
  const events = new Map<string, number>();
  for (const { index } of items) {
    const keyId = entries[index]?.keyId ?? '';
    events.set(keyId, (events.get(keyId) ?? 0) + 1);
  }
  return events;
}

/** Whether the request's header holds a key that somebody has. */
export function hasKnownKey({ headers }: FastifyRequest, ownerOf: OwnerOfKey): boolean {
  const key = basicWriteKey(headers.authorization);
  return key !== null && ownerOf(key) !== undefined;
}

/** 400, and counted against the address where no known key stands in the header. */
export function refuseRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { fault, ...deps }: AcceptDeps & { readonly fault: RequestFault },
): FastifyReply {
  deps.metrics.count('tributary_collector_refusals_total', { error: fault.error });
  if (!hasKnownKey(request, deps.ownerOf)) {
    deps.limits.refused(clientAddress(request, deps.trustProxy));
  }
  return refused(reply, fault);
}

/** 429: the sender is over one of its own limits. */
export function slowDown(
  reply: FastifyReply,
  { limit, waitMs }: Limited,
  { metrics }: Pick<AcceptDeps, 'metrics'>,
): FastifyReply {
  metrics.count('tributary_collector_limited_total', { limit });
  return tooMuch(reply, { error: 'rate_limited', message: tooFast[limit], waitMs });
}

/** 429: all senders together are over what fits. */
export function full(reply: FastifyReply, { metrics }: Pick<AcceptDeps, 'metrics'>): FastifyReply {
  metrics.count('tributary_collector_limited_total', { limit: 'in_flight' });
  const message = 'too much is in flight: send it again';
  return tooMuch(reply, { error: 'overloaded', message, waitMs: roomAfterMs });
}

/** Long enough for an acknowledgement or two to make room. */
const roomAfterMs = 1000;

const tooFast: Readonly<Record<Limited['limit'], string>> = {
  key: 'too many events with this write key: send it again later',
  refused: 'too many events with this write key were refused: mend them, and send it again later',
  address: 'too many requests from this address: send it again later',
  refusals: 'too many requests without a valid write key from this address',
};
