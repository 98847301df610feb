import type { Outcome } from '../../../domain/outcome';
import type { StoredRecord } from '../../../domain/stored-record';
import type { RawRow } from './query';
import { taggedColumns, taggedEventOf } from './tagged-columns';

export interface RecordsFilter {
  /** Null: every tenant. */
  readonly tenant: string | null;
  readonly messageId: string;
  readonly limit: number;
}

/** Columns of `events` that `storedRecordOf` reads. */
export const recordColumns = `tenant, topic, partition, offset, version, outcome, reason, evidence,
       heldBy, messageId, contentHash, name, anonymousId, userId, userHash, sessionId, orderKey,
       weightsVersion, clock, ${taggedColumns},
       toUnixTimestamp64Milli(originalAt) AS original, toUnixTimestamp64Milli(sentAt) AS sent,
       toUnixTimestamp64Milli(receivedAt) AS received,
       toUnixTimestamp64Milli(appendedAt) AS appended, toUnixTimestamp64Milli(eventAt) AS at`;

export function storedRecordOf(raw: RawRow): StoredRecord {
  return {
    ...taggedEventOf(raw),
    ...textsOf(raw),
    source: {
      topic: String(raw.topic),
      partition: Number(raw.partition),
      offset: Number(raw.offset),
    },
    version: Number(raw.version),
    outcome: String(raw.outcome) as Outcome,
    weightsVersion: Number(raw.weightsVersion),
    originalAt: raw.original === null ? null : Number(raw.original),
    sentAt: raw.sent === null ? null : Number(raw.sent),
    receivedAt: Number(raw.received),
    appendedAt: Number(raw.appended),
    eventAt: Number(raw.at),
  };
}

function textsOf(raw: RawRow) {
  return {
    tenant: String(raw.tenant),
    reason: String(raw.reason),
    evidence: String(raw.evidence),
    heldBy: String(raw.heldBy),
    messageId: String(raw.messageId),
    contentHash: String(raw.contentHash),
    name: String(raw.name),
    anonymousId: String(raw.anonymousId),
    userId: String(raw.userId),
    userHash: String(raw.userHash),
    sessionId: String(raw.sessionId),
    orderKey: String(raw.orderKey),
    clock: String(raw.clock),
  };
}
