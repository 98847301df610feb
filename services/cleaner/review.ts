import { decisionVersion, isReasonOf, type JudgedEvent } from '../shared/domain/outcome';
import { resentRecord } from '../shared/domain/resent';
import { cut } from '../shared/domain/text';
import type { Decoded } from '../shared/runtime/codec';
import type { SourceRecord } from '../shared/runtime/stage';
import { type Decided, undecodable } from './decide';

/** The outcomes that may be decided on; whether a decision makes sense was checked where it was
 *  asked for. */
const targets: readonly string[] = ['counted', 'held', 'rejected'];

/** The raw record that a record of the review topic hands on, to be judged as if it came from its own
 *  topic; null where it carries none, or one of a topic that is not read. */
export function resentOf(
  { key }: SourceRecord,
  decoded: Decoded<JudgedEvent>,
  rawTopics: readonly string[],
): SourceRecord | null {
  const resent = decoded.ok ? resentRecord(decoded.value) : null;
  if (resent === null || !rawTopics.includes(resent.source.topic)) return null;
  const { source, appendedAt, value } = resent;
  return { ...source, appendedAt, key, value };
}

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
