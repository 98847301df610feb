import { Type } from '@sinclair/typebox';
import { adviceFor } from '../shared/domain/advice';
import { explanationOf, type StoredRecord } from '../shared/domain/stored-record';
import { coordinates, isoTime, isoTimeOrNull, orNull, text, whole } from './answers';

/** What every call says of a source record. */
export const recordAnswer = {
  coordinates,
  tenant: Type.String(),
  outcome: Type.String(),
  reason: Type.String(),
  explanation: text('Outcome, reason and evidence as a sentence.'),
  advice: orNull(text('What the sender can do about it; null where there is nothing to do.')),
  evidence: text('What the outcome rests on.'),
  heldBy: orNull(text('topic/partition/offset of the record that has the message id.')),
  version: whole('0 from the cleaner, higher for a decision.'),
  type: Type.String(),
  name: text('The name the event was sent under.'),
  anonymousId: orNull(Type.String()),
  userId: orNull(Type.String()),
  sessionId: orNull(Type.String()),
  contentHash: Type.String(),
  times: Type.Object({
    originalAt: orNull(text('By the device.')),
    sentAt: orNull(text('By the device, when it sent.')),
    receivedAt: text('By the collector.'),
    appendedAt: text('By Kafka.'),
    eventAt: text('The time the event counts at.'),
    clock: text('How eventAt was found.'),
  }),
};

export function shownRecord(record: StoredRecord) {
  return {
    coordinates: record.source,
    tenant: record.tenant,
    outcome: record.outcome,
    reason: record.reason,
    explanation: explanationOf(record),
    advice: adviceFor(record.reason),
    evidence: record.evidence,
    heldBy: record.heldBy || null,
    version: record.version,
    type: record.type,
    name: record.name,
    anonymousId: record.anonymousId || null,
    userId: record.userId || null,
    sessionId: record.sessionId || null,
    contentHash: record.contentHash,
    times: timesOf(record),
  };
}

function timesOf(record: StoredRecord) {
  return {
    originalAt: isoTimeOrNull(record.originalAt),
    sentAt: isoTimeOrNull(record.sentAt),
    receivedAt: isoTime(record.receivedAt),
    appendedAt: isoTime(record.appendedAt),
    eventAt: isoTime(record.eventAt),
    clock: record.clock,
  };
}
