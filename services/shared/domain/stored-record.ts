import type { Coordinates } from './event';
import type { TaggedEvent } from './interest';
import type { Outcome } from './outcome';

/** A source record as the events table has it, in its last version. Times are milliseconds UTC, ''
 *  is "none". */
export interface StoredRecord extends TaggedEvent {
  readonly tenant: string;
  readonly source: Coordinates;
  readonly version: number;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly evidence: string;
  /** `topic/partition/offset` of the record that has the message id (duplicate and collision). */
  readonly heldBy: string;
  readonly messageId: string;
  readonly contentHash: string;
  readonly name: string;
  readonly anonymousId: string;
  readonly userId: string;
  /** Unsigned 64 bits, in decimal. */
  readonly userHash: string;
  readonly sessionId: string;
  readonly orderKey: string;
  readonly weightsVersion: number;
  readonly originalAt: number | null;
  readonly sentAt: number | null;
  readonly receivedAt: number;
  readonly appendedAt: number;
  readonly eventAt: number;
  /** How eventAt was found. */
  readonly clock: string;
}

/** A record with what a person who decides on it looks at, and what goes into the decision. */
export interface ReviewedRecord extends StoredRecord {
  readonly shop: string;
  readonly orderId: string;
  readonly revenueMinor: number | null;
  /** The message value its last version was made from (JudgedEvent). */
  readonly record: Buffer;
}

/** Where a record stands in the review queue: by append time, then coordinates. */
export type QueuePlace = Pick<StoredRecord, 'appendedAt' | 'source'>;

/** A stored window that an event has a part in. */
export interface WindowPart {
  readonly table: 'channel_1m' | 'funnel_1h';
  readonly start: number;
  /** `event`: by what it is; `session`: it belongs to a session that is counted there; `step`: a
   *  chain that was entered in that hour may pass through it. */
  readonly as: 'event' | 'session' | 'step';
}

/** What a counted record has a part in. */
export interface RecordEffects {
  readonly session: { readonly start: number; readonly channel: string } | null;
  readonly windows: readonly WindowPart[];
  /** The copy that the order counts by; null for records that complete no order. */
  readonly order: { readonly key: string; readonly countsBy: Coordinates } | null;
}

/** Why a record counts, or why it does not, for a person who asks. */
export function explanationOf(record: StoredRecord): string {
  const evidence = record.evidence === '' ? '' : ` ${sentence(record.evidence)}`;
  return explained(record) + evidence;
}

function explained({ outcome, reason, heldBy }: StoredRecord): string {
  const other = heldBy === '' ? 'an earlier record' : `the record ${heldBy}`;
  switch (outcome) {
    case 'counted':
      return countedBecause[reason] ?? `Counted (${reason}).`;
    case 'duplicate':
      return `Not counted: ${other} brought the same message, with the same id and content. Clients send again what was not acknowledged.`;
    case 'collision':
      return `Not counted: ${other} has the same message id and other content. It waits for a person's decision.`;
    case 'bot':
      return `Not counted: sent by a program (${reason}).`;
    case 'held':
      return `Not counted: it waits for a person's decision (${reason}).`;
    case 'rejected':
      return `Not counted: a person decided against it (${reason}).`;
    case 'dead':
      return `Not counted: it could not be taken as an event (${reason}).`;
    case 'erased':
      return `Not counted: its content was erased (${reason}).`;
  }
}

const countedBecause: Readonly<Record<string, string>> = {
  clean: 'Counted: the first record with its message id, and nothing speaks against it.',
  released: 'Counted: it was held, and a person released it.',
  restored: 'Counted: it had been taken out, and a person restored it.',
};

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
