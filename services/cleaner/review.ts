import { decisionVersion, isReasonOf, type JudgedEvent } from '../shared/domain/outcome';
import { cut } from '../shared/domain/text';
import type { Decoded } from '../shared/runtime/codec';
import type { SourceRecord } from '../shared/runtime/stage';
import { type Decided, undecodable } from './decide';

/** The outcomes that may be decided on; whether a decision makes sense was checked where it was
 *  asked for. */
const targets: readonly string[] = ['counted', 'held', 'rejected'];

/** A record of the review topic as it goes on: the decided record under its own coordinates, with the
 *  version that this offset gives the decision. What is no decision becomes a dead letter under the
 *  coordinates of the review topic. Nothing is claimed: the original has done that. */
export function passDecision(record: SourceRecord, decoded: Decoded<JudgedEvent>): Decided {
  if (!decoded.ok) {
    return undecodable(record, { reason: decoded.reason, message: decoded.message });
  }
  const judged = decoded.value;
  const { decision, outcome, reason } = judged;
  if (decision === null || judged.event === null) {
    return invalid(record, 'a record without a decision or without an event');
  }
  if (!targets.includes(outcome) || !isReasonOf(outcome, reason)) {
    return invalid(record, `'${cut(`${outcome}/${reason}`, 64)}' cannot be decided on`);
  }
  const version = decisionVersion(record.offset, decision.byPerson);
  return { claims: false, judged: { ...judged, version } };
}

function invalid(record: SourceRecord, message: string): Decided {
  return undecodable(record, { reason: 'invalid_decision', message });
}
