import type { CleanEvent, Coordinates, EventChannel } from './event';
import type { JudgedEvent, Verdict } from './outcome';

/** A verdict on a record that decoded: what claims a message id. */
export interface DecidedEvent extends JudgedEvent {
  readonly event: CleanEvent;
}

/** What stands on record for a message id: the first record that claimed it, and as what. */
export interface Recorded {
  readonly source: Coordinates;
  readonly verdict: Verdict;
  readonly weightsVersion: number;
  /** The first 32 bits of the content hash: all that is kept of it. */
  readonly contentPrint: number;
}

/** Wants a message id for a record. Stands on record from then on, if the id is free. */
export interface Claim extends Recorded {
  readonly tenant: string;
  readonly messageId: string;
  /** The client's own time, milliseconds UTC: the same in each copy of a message, and so what the
   *  claim store may sort by. */
  readonly clientAt: number | null;
}

/** The first 32 bits of a content hash, behind its version character. */
export function contentPrint(contentHash: string): number {
  return Number.parseInt(contentHash.slice(1, 9), 16);
}

export function claimOf({ event, ...decided }: DecidedEvent): Claim {
  return {
    tenant: event.tenant,
    messageId: event.messageId,
    clientAt: event.originalAt,
    source: decided.source,
    verdict: { outcome: decided.outcome, reason: decided.reason },
    weightsVersion: decided.weightsVersion,
    contentPrint: contentPrint(event.contentHash),
  };
}

/** What becomes of an event, given what is on record for its message id. A recorded verdict is
 *  never changed by a redelivery, nor by new rules: the record may have taken effect under it. The
 *  weights version is the recorded one in any case, and so the same at each delivery. */
export function settle(decided: DecidedEvent, recorded: Recorded): DecidedEvent {
  if (sameCoordinates(decided.source, recorded.source)) return asRecorded(decided, recorded);
  if (contentPrint(decided.event.contentHash) === recorded.contentPrint) {
    return duplicate(decided, recorded);
  }
  return collision(decided, recorded);
}

export function sameCoordinates(one: Coordinates, other: Coordinates): boolean {
  return (
    one.offset === other.offset && one.partition === other.partition && one.topic === other.topic
  );
}

function asRecorded(decided: DecidedEvent, { verdict, weightsVersion }: Recorded): DecidedEvent {
  const unchanged = decided.outcome === verdict.outcome && decided.reason === verdict.reason;
  const firstCounted = verdict.outcome === 'counted';
  const elsewise = firstCounted ? '' : 'decided at the first delivery, by the rules of that time';
  const evidence = unchanged ? decided.evidence : elsewise;
  return { ...decided, ...verdict, weightsVersion, firstCounted, evidence };
}

/** The same message once more (a retry, a replay): keys and times, for the ledger. */
function duplicate(decided: DecidedEvent, { source, weightsVersion }: Recorded): DecidedEvent {
  return {
    ...decided,
    outcome: 'duplicate',
    reason: 'same_message',
    evidence: '',
    firstCounted: false,
    weightsVersion,
    heldBy: source,
    event: keysAndTimes(decided.event),
  };
}

/** A known message id on another message: whole, for a person to decide. Were it dropped, anyone
 *  who guesses an order's id could silence the order. */
function collision(decided: DecidedEvent, { source, weightsVersion }: Recorded): DecidedEvent {
  return {
    ...decided,
    outcome: 'collision',
    reason: 'message_id_reused',
    evidence: 'the message id is on record with other content',
    firstCounted: false,
    weightsVersion,
    heldBy: source,
  };
}

const noChannel: EventChannel = {
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
};

function keysAndTimes(event: CleanEvent): CleanEvent {
  return {
    ...event,
    category: null,
    searchQuery: null,
    items: [],
    shop: null,
    channel: noChannel,
    currency: null,
    effect: null,
    properties: '{}',
  };
}
