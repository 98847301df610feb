import type { CleanEvent, Coordinates } from './event';

/** What became of a raw record: exactly one of these, with one of the reasons listed for it. The
 *  strings are metric labels and column values; `verdicts` numbers them for the claim store. */
export const reasons = {
  counted: ['clean', 'released', 'restored'],
  duplicate: ['same_message'],
  bot: ['declared_bot', 'empty_user_agent'],
  held: ['rule', 'reviewer', 'order_outlier'],
  rejected: ['confirmed', 'retracted'],
  collision: ['message_id_reused'],
  dead: [
    'empty_value',
    'not_avro',
    'unknown_schema',
    'undecodable',
    'unknown_tenant',
    'not_an_object',
    'unknown_call',
    'no_user',
    'id_too_long',
    'no_event_name',
    'invalid_timestamp',
    'invalid_amount',
    'invalid_currency',
    'invalid_items',
    'too_large',
    'refused',
    'invalid_decision',
    'row_refused',
  ],
  erased: ['requested'],
} as const satisfies Record<string, readonly string[]>;

export type Outcome = keyof typeof reasons;
export type Reason = (typeof reasons)[Outcome][number];
export const outcomes = Object.keys(reasons) as readonly Outcome[];

export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: Reason;
}

/** Whether the reason is one of those listed for the outcome. */
export function isReasonOf(outcome: Outcome, reason: string): reason is Reason {
  return (reasons[outcome] as readonly string[]).includes(reason);
}

/** The verdicts that claim a message id, as the claim store numbers them. Append only: what stands
 *  there is read by position, for as long as a claim lives. A new rule adds its own. */
export const verdicts: readonly Verdict[] = [
  { outcome: 'counted', reason: 'clean' },
  { outcome: 'bot', reason: 'declared_bot' },
  { outcome: 'bot', reason: 'empty_user_agent' },
  { outcome: 'held', reason: 'rule' },
  { outcome: 'held', reason: 'order_outlier' },
];

/** A person's or a rule's word on a record, carried by the review topic. */
export interface Decision {
  readonly reviewer: string;
  readonly note: string;
  readonly decidedAt: number;
  /** False for a scheduled rule: a person's word always outranks it. */
  readonly byPerson: boolean;
}

/** A record after the cleaner (`schemas/avro/judged-event.avsc`): what the clean, rejected,
 *  dead-letter and review topics carry. */
export interface JudgedEvent {
  readonly source: Coordinates;
  /** The source record's append time, milliseconds UTC. */
  readonly appendedAt: number;
  readonly outcome: Outcome;
  readonly reason: Reason;
  /** What the verdict rests on, in words; empty for counted. */
  readonly evidence: string;
  /** 0 from the cleaner; review offset + 1 for a decision, plus 2^52 where a person decided. */
  readonly version: number;
  /** Whether the first verdict on this record was counted: the state that decisions start from. */
  readonly firstCounted: boolean;
  /** Version of the weight table this record's tags are worked out with. */
  readonly weightsVersion: number;
  /** The record that holds the message id (duplicate and collision only). */
  readonly heldBy: Coordinates | null;
  readonly decision: Decision | null;
  /** Null only where the bytes did not decode. A duplicate's event carries keys and times only. */
  readonly event: CleanEvent | null;
  /** Of a dead letter, the bytes it was: what is sent again once the cause is mended. Null where the
   *  collector refused it. */
  readonly undecoded: Buffer | null;
}

/** Decisions of persons start here, so that no rule ever undoes one. */
export const personVersionBase = 2 ** 52;

/** The version a decision at this offset of the review topic has. */
export function decisionVersion(reviewOffset: number, byPerson: boolean): number {
  return reviewOffset + 1 + (byPerson ? personVersionBase : 0);
}
